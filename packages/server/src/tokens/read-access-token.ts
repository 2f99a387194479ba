import type { Context } from '#context.ts'
import { InvalidToken, verifyJwt } from '#crypto/jwt.ts'
import { grantOfTokenId } from './grant-id.ts'
import { publishedKeyFinder } from './signing-keys.ts'

/** What a JWT access token of ours says, once signature, issuer and lifetime are proven. */
export interface AccessTokenClaims {
  subject: string
  clientId: string
  scope: string[]
  /** The API, and perhaps `/userinfo`. */
  audience: string[]
  tokenId: string
  grantId: string
  /** Epoch milliseconds. */
  expiresAt: number
}

/** @returns undefined for anything that is no access token of ours, or is one no more */
export async function readAccessToken(
  token: string,
  audience: string | undefined,
  ctx: Context,
): Promise<AccessTokenClaims | undefined> {
  try {
    const claims = await verifyJwt(token, {
      keys: await publishedKeyFinder(ctx),
      algorithms: ['RS256', 'PS256', 'ES256'],
      issuer: ctx.tenant.issuer,
      audience,
      now: ctx.now,
      leewaySeconds: 0,
    })
    const { sub: subject, jti: tokenId, scope = '', exp } = claims
    const clientId = claims.azp ?? claims.client_id
    // An ID token has neither `jti` nor `azp` (SEC-100).
    if (typeof subject !== 'string' || typeof clientId !== 'string' || typeof tokenId !== 'string') return undefined
    if (typeof scope !== 'string' || typeof exp !== 'number') return undefined
    return {
      subject,
      clientId,
      scope: scope.split(' '),
      audience: [claims.aud as string | string[]].flat(),
      tokenId,
      grantId: grantOfTokenId(tokenId),
      expiresAt: exp * 1000,
    }
  } catch (error) {
    if (error instanceof InvalidToken) return undefined
    throw error
  }
}
