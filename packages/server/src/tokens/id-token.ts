import type { Context } from '#context.ts'
import { signJwt } from '#crypto/jwt.ts'
import type { User } from '#users/user.ts'
import type { Authorization } from './authorization.ts'
import { userClaims } from './claims.ts'
import { currentKey } from './signing-keys.ts'

/** Who signed in, for the client (Core §2). After a refresh it has no `nonce` and no `sid`: Auth0's SDKs refuse one. */
export async function signIdToken(
  authorization: Authorization,
  user: User,
  { nonce, authTime, sid }: NonNullable<Authorization['idToken']>,
  ctx: Context,
): Promise<string> {
  const { client, scope } = authorization
  const key = await currentKey(client.jwtConfiguration.alg, ctx)
  if (!key.privateKey) throw new Error('the current key has no private part')
  const issuedAt = Math.floor(ctx.now() / 1000)
  const claims = {
    ...userClaims(user, scope, client),
    iss: ctx.tenant.issuer,
    aud: client.clientId,
    iat: issuedAt,
    exp: issuedAt + client.jwtConfiguration.lifetimeInSeconds,
    auth_time: authTime === undefined ? undefined : Math.floor(authTime / 1000),
    nonce,
    sid,
  }
  return signJwt({ alg: key.algorithm, typ: 'JWT', kid: key.kid }, claims, key.privateKey)
}
