import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { parseCompactJws } from '#crypto/compact-jws.ts'
import { InvalidToken, type JwtPayload, verifyJwt } from '#crypto/jwt.ts'
import { invalidRequest } from '#errors.ts'
import { trustedKeyFinder } from './signing-keys.ts'

/** An ID token of ours, whatever its age: signature, issuer and purpose must fit (Core §3.1.2.1). @throws InvalidToken */
export async function readIdToken(token: string, ctx: Context): Promise<JwtPayload & { sub: string; aud: string }> {
  const payload = await verifyJwt(token, {
    keys: await trustedKeyFinder(ctx),
    algorithms: ['RS256', 'PS256', 'ES256'],
    issuer: ctx.tenant.issuer,
    audience: undefined,
    typ: 'JWT',
    now: ctx.now,
    allowExpired: true,
    leewaySeconds: 60, // another process of ours may be ahead
  })
  const { sub, aud } = payload
  // An access token has an API in `aud`, or an array, and a `jti`; an ID token just the client (SEC-100).
  if (typeof sub !== 'string' || typeof aud !== 'string' || 'scope' in payload || 'jti' in payload)
    throw new InvalidToken('not an ID token')
  return { ...payload, sub, aud }
}

/**
 * Whether it says that it is ours, and is signed by a key that we have revoked or never heard of: who sent it has done nothing wrong,
 * and what it says may be true. It leads to asking the user, as no hint does.
 */
export async function isBeyondJudgement(token: string, ctx: Context): Promise<boolean> {
  try {
    const { header, payload } = parseCompactJws(token)
    if (header.kid === undefined || payload.iss !== ctx.tenant.issuer) return false
    return (await trustedKeyFinder(ctx))(header.kid) === undefined
  } catch (error) {
    if (error instanceof InvalidToken) return false
    throw error
  }
}

/** The user the client expects; undefined if nobody can tell any more. @throws OAuthError invalid_request */
export async function verifyIdTokenHint(token: string, client: Client, ctx: Context): Promise<string | undefined> {
  try {
    const { sub, aud } = await readIdToken(token, ctx)
    if (aud === client.clientId) return sub
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error
    if (await isBeyondJudgement(token, ctx)) return undefined
  }
  throw invalidRequest('id_token_hint must be an ID token that this server issued to this client.')
}
