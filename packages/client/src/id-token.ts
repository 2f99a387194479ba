import { type Environment, environmentFrom } from './environment.ts'
import { IdTokenError } from './errors.ts'
import type { KeySource } from './jwks.ts'
import { type SigningAlgorithm, verifySignature } from './signature.ts'

/** What a verified ID token says (OpenID Connect Core §2). */
export interface IdTokenClaims {
  iss: string
  /** The user, such as `auth0|5f7c…`; never changes, unlike an e-mail address. */
  sub: string
  aud: string | string[]
  /** Seconds since 1970. */
  exp: number
  /** Seconds since 1970. */
  iat: number
  [claim: string]: unknown
}

/** What the ID token must agree with. */
export interface IdTokenExpectations {
  issuer: string
  clientId: string
  /** The nonce of the authorization request; without one the token must carry none. */
  nonce?: string
  /** True after a refresh: the token then carries no nonce, or the old one (OpenID Connect Core §12.2). */
  nonceMayBeAbsent?: boolean
  /** Seconds, if the request had it. */
  maxAge?: number
  /** The organization that the request named, by id or by name. */
  organization?: string
  /** The user of the token that is being renewed. */
  subject?: string
  /** Default RS256, PS256, ES256. */
  algorithms?: readonly SigningAlgorithm[]
}

/** Seconds by which clocks may disagree. */
const LEEWAY = 60

/**
 * Trusts an ID token, or throws an `IdTokenError` that says why not: signature, issuer, audience, times, nonce, age and
 * organization (OpenID Connect Core §3.1.3.7).
 *
 * @example
 * import { remoteKeys, verifyIdToken } from '@keywright/client'
 *
 * const issuer = 'http://localhost:3000/'
 * try {
 *   const claims = await verifyIdToken('eyJ…', { issuer, clientId: 'abc', nonce: 'n-0S6' }, remoteKeys(issuer))
 *   console.log(claims.sub)
 * } catch (error) {
 *   console.log(error.code) // invalid_id_token
 * }
 */
export async function verifyIdToken(
  idToken: string,
  expected: IdTokenExpectations,
  keys: KeySource,
  given?: Partial<Environment>,
): Promise<IdTokenClaims> {
  const environment = environmentFrom(given)
  const algorithms = expected.algorithms ?? ['RS256', 'PS256', 'ES256']
  const claims = requireClaims(await verifySignature(idToken, algorithms, keys, environment))
  requireIssuerAndAudience(claims, expected)
  requireTimes(claims, expected, environment.now() / 1000)
  requireNonce(claims, expected)
  requireOrganization(claims, expected)
  if (expected.subject !== undefined && claims.sub !== expected.subject) {
    throw new IdTokenError('The ID token is for another user than the one who signed in.')
  }
  return claims
}

function requireClaims(claims: Record<string, unknown>): IdTokenClaims {
  const { iss, sub, aud, exp, iat } = claims
  if (typeof iss !== 'string') throw new IdTokenError('The ID token has no issuer.')
  if (typeof sub !== 'string' || sub === '') throw new IdTokenError('The ID token has no subject.')
  if (!isAudience(aud)) throw new IdTokenError('The ID token has no audience.')
  if (typeof exp !== 'number') throw new IdTokenError('The ID token does not say when it expires.')
  if (typeof iat !== 'number') throw new IdTokenError('The ID token does not say when it was issued.')
  return { ...claims, iss, sub, aud, exp, iat }
}

function isAudience(aud: unknown): aud is string | string[] {
  return typeof aud === 'string' || (Array.isArray(aud) && aud.every((one) => typeof one === 'string'))
}

function requireIssuerAndAudience({ iss, aud, azp }: IdTokenClaims, expected: IdTokenExpectations): void {
  if (iss !== expected.issuer) throw new IdTokenError(`The ID token is from "${iss}", not from "${expected.issuer}".`)
  const audiences = typeof aud === 'string' ? [aud] : aud
  if (!audiences.includes(expected.clientId)) throw new IdTokenError('The ID token is for another application.')
  if (azp !== undefined || audiences.length > 1) {
    if (azp !== expected.clientId) throw new IdTokenError('The ID token was issued to another application.')
  }
}

function requireTimes(
  { exp, iat, nbf, auth_time: authTime }: IdTokenClaims,
  expected: IdTokenExpectations,
  now: number,
) {
  if (now > exp + LEEWAY) throw new IdTokenError('The ID token has expired.')
  if (iat > now + LEEWAY) throw new IdTokenError("The ID token is from the future: check this device's clock.")
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= now + LEEWAY)) {
    throw new IdTokenError('The ID token is not valid yet.')
  }
  if (expected.maxAge === undefined) return
  if (typeof authTime !== 'number') throw new IdTokenError('The ID token does not say when the user signed in.')
  if (now > authTime + expected.maxAge + LEEWAY) throw new IdTokenError('The user signed in too long ago.')
}

function requireNonce({ nonce }: IdTokenClaims, expected: IdTokenExpectations): void {
  if (nonce === undefined && expected.nonceMayBeAbsent) return
  if (nonce !== expected.nonce) throw new IdTokenError('The ID token belongs to another login: its nonce differs.')
}

/** Auth0: ids begin with `org_`; anything else is a name, which the server writes in lower case. */
function requireOrganization(claims: IdTokenClaims, { organization }: IdTokenExpectations): void {
  if (organization === undefined) return
  const isId = organization.startsWith('org_')
  const matches = isId ? claims.org_id === organization : claims.org_name === organization.toLowerCase()
  if (!matches) throw new IdTokenError(`The ID token is not for the organization "${organization}".`)
}
