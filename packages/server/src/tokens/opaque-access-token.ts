import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import { userinfoTokenLifetime } from './access-token.ts'
import type { OpaqueAccessToken } from './refresh-family.ts'

/** An access token for `/userinfo` alone, and what we keep of it: never the token itself. */
export function newOpaqueAccessToken(
  { grantId, clientId, userId }: Pick<OpaqueAccessToken, 'grantId' | 'clientId' | 'userId'>,
  scope: string[],
  ctx: Context,
): { token: string; record: OpaqueAccessToken } {
  const token = randomToken(ctx.random)
  const expiresAt = ctx.now() + userinfoTokenLifetime * 1000
  return { token, record: { tokenDigest: digest(token), grantId, clientId, userId, scope, expiresAt } }
}
