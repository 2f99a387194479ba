import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { InvalidToken, type JwtPayload, verifyJwt } from '#crypto/jwt.ts'
import { invalidRequest } from '#errors.ts'
import { publishedKeys } from './signing-keys.ts'

/** An ID token of ours, whatever its age: signature, issuer and purpose must fit (Core §3.1.2.1). @throws InvalidToken */
export async function readIdToken(token: string, ctx: Context): Promise<JwtPayload & { sub: string; aud: string }> {
  const keys = (await publishedKeys(ctx)).map((key) => key.publicJwk)
  const payload = await verifyJwt(token, {
    keys: { keys },
    algorithms: ['RS256', 'PS256', 'ES256'],
    issuer: ctx.tenant.issuer,
    audience: undefined,
    typ: 'JWT',
    now: ctx.now,
    allowExpired: true,
  })
  const { sub, aud } = payload
  // An access token has an API in `aud`, or an array, and a `jti`; an ID token just the client (SEC-100).
  if (typeof sub !== 'string' || typeof aud !== 'string' || 'scope' in payload || 'jti' in payload)
    throw new InvalidToken('not an ID token')
  return { ...payload, sub, aud }
}

/** The user the client expects. @throws OAuthError invalid_request */
export async function verifyIdTokenHint(token: string, client: Client, ctx: Context): Promise<string> {
  try {
    const { sub, aud } = await readIdToken(token, ctx)
    if (aud === client.clientId) return sub
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error
  }
  throw invalidRequest('id_token_hint must be an ID token that this server issued to this client.')
}
