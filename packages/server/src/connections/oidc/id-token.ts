import { hash } from 'node:crypto'
import type { Context } from '#context.ts'
import { parseCompactJws } from '#crypto/compact-jws.ts'
import { equalInConstantTime } from '#crypto/digest.ts'
import { InvalidToken, type JwtPayload, type VerificationAlgorithm, verifyJwt } from '#crypto/jwt.ts'
import type { Connection } from '../connection.ts'
import { UpstreamError, type UpstreamSecrets } from '../strategy.ts'
import type { UpstreamTokens } from './exchange-code.ts'
import type { ProviderMetadata } from './metadata.ts'
import type { OidcOptions } from './options.ts'
import { findKeys } from './provider.ts'

export type IdTokenClaims = JwtPayload & { sub: string }

/** Seconds that two clocks may differ (SEC-107). */
const leeway = 60

/** Every check of Core §3.1.3.7; what is missing fails like what is wrong (SEC-228). @throws UpstreamError */
export async function verifyIdToken(
  { idToken, accessToken }: UpstreamTokens,
  secrets: UpstreamSecrets,
  provider: { connection: Connection; options: OidcOptions; metadata: ProviderMetadata },
  ctx: Context,
): Promise<IdTokenClaims> {
  const { connection, options, metadata } = provider
  try {
    const { header } = parseCompactJws(idToken)
    const claims = await verifyJwt(idToken, {
      keys: await findKeys(header.kid, connection, options, ctx),
      // Names that are no signatures by a key pair, `none` and HS256 among them, are unknown further down.
      algorithms: options.id_token_signed_response_algs as VerificationAlgorithm[],
      issuer: metadata.issuer,
      audience: options.client_id,
      now: ctx.now,
      leewaySeconds: leeway,
    })
    if (typeof claims.iat !== 'number') throw new InvalidToken('no iat')
    requireAudience(claims, options)
    if (typeof claims.nonce !== 'string' || !equalInConstantTime(claims.nonce, secrets.nonce))
      throw new InvalidToken(claims.nonce === undefined ? 'no nonce' : 'nonce is not the one we sent')
    requireAccessTokenHash(claims.at_hash, accessToken, header.alg)
    requireRecentSignIn(claims.auth_time, secrets)
    return { ...claims, sub: requireSubject(claims.sub) }
  } catch (cause) {
    if (cause instanceof InvalidToken) throw new UpstreamError('failed', `ID token: ${cause.message}`, { cause })
    throw cause
  }
}

/**
 * Made for us, and for nobody else whom we would have to trust as well (Core §3.1.3.7, 3 to 5). Where the connection says that its
 * provider always names others, too, it must have been issued to us.
 */
function requireAudience(
  { aud, azp }: JwtPayload,
  { client_id: clientId, accept_other_audiences: acceptsOthers }: OidcOptions,
): void {
  const namesOthers = Array.isArray(aud) && aud.some((audience) => audience !== clientId)
  if (namesOthers && !acceptsOthers) throw new InvalidToken('aud names others')
  if (namesOthers && azp === undefined) throw new InvalidToken('aud names others, and azp nobody')
  if (azp !== undefined && azp !== clientId) throw new InvalidToken('azp is another client')
}

/** Core §3.1.3.8: the left half of the hash that belongs to the algorithm. */
function requireAccessTokenHash(atHash: unknown, accessToken: string | undefined, algorithm: string): void {
  if (atHash === undefined || accessToken === undefined) return
  const name = algorithm === 'EdDSA' ? 'sha512' : `sha${algorithm.slice(2)}`
  const bytes = hash(name, accessToken, 'buffer')
  if (atHash !== bytes.subarray(0, bytes.length / 2).toString('base64url'))
    throw new InvalidToken('at_hash does not fit the access token')
}

/** `prompt` and `max_age` travel through the browser, where somebody may have taken them off (Core §3.1.3.7, 13). */
function requireRecentSignIn(authTime: unknown, { signedInSince }: UpstreamSecrets): void {
  if (!signedInSince) return
  if (typeof authTime !== 'number') {
    if (signedInSince.proof === 'required') throw new InvalidToken('no auth_time, though max_age asked for it')
  } else if ((authTime + leeway) * 1000 < signedInSince.time) {
    throw new InvalidToken('auth_time is older than we asked for')
  }
}

/** Core §2: at most 255 ASCII characters. It becomes part of our own `sub`. */
function requireSubject(sub: unknown): string {
  if (typeof sub === 'string' && /^[\x20-\x7E]{1,255}$/.test(sub)) return sub
  throw new InvalidToken('sub is not a text of 1 to 255 ASCII characters')
}
