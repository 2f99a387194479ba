import { fromBase64url, utf8FromBase64url } from './base64url.ts'
import type { Environment } from './environment.ts'
import { IdTokenError } from './errors.ts'
import { isRecord } from './json.ts'
import type { KeySource } from './jwks.ts'

export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

const RSA_MEMBERS = ['kty', 'n', 'e']
const EC_MEMBERS = ['kty', 'crv', 'x', 'y']

/** What each algorithm of RFC 7518 §3.1 is called in Web Crypto, and which public members its key has. */
const ALGORITHMS = {
  RS256: {
    kty: 'RSA',
    members: RSA_MEMBERS,
    importAs: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    verifyAs: { name: 'RSASSA-PKCS1-v1_5' },
  },
  PS256: {
    kty: 'RSA',
    members: RSA_MEMBERS,
    importAs: { name: 'RSA-PSS', hash: 'SHA-256' },
    verifyAs: { name: 'RSA-PSS', saltLength: 32 },
  },
  ES256: {
    kty: 'EC',
    members: EC_MEMBERS,
    importAs: { name: 'ECDSA', namedCurve: 'P-256' },
    verifyAs: { name: 'ECDSA', hash: 'SHA-256' },
  },
} as const

/** The claims of a JWT whose signature is good. The algorithm is ours to choose, never the token's (RFC 8725 §3.1). */
export async function verifySignature(
  jwt: string,
  allowed: readonly SigningAlgorithm[],
  keys: KeySource,
  { subtle }: Environment,
): Promise<Record<string, unknown>> {
  const [header, payload, signature, ...rest] = jwt.split('.')
  if (!header || !payload || !signature || rest.length > 0) throw new IdTokenError('The ID token is not a signed JWT.')

  const { alg, kid, typ, crit } = parsePart(header)
  const algorithm = allowed.find((name) => name === alg)
  if (!algorithm)
    throw new IdTokenError(`The ID token is signed with "${String(alg)}"; allowed: ${allowed.join(', ')}.`)
  // An access token must not pass for an ID token (RFC 8725 §3.11), nor an extension be overlooked (RFC 7515 §4.1.11).
  const isIdToken = typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT')
  if (!isIdToken) throw new IdTokenError('The token is of another type than an ID token.')
  if (crit !== undefined) throw new IdTokenError('The ID token demands an extension that this library does not know.')
  if (typeof kid !== 'string') throw new IdTokenError('The ID token does not say which key signed it.')

  const key = await importKey(await keys.find(kid), algorithm, subtle)
  const signed = new TextEncoder().encode(`${header}.${payload}`)
  const isGood = await subtle.verify(ALGORITHMS[algorithm].verifyAs, key, bytesOf(signature), signed)
  if (!isGood) throw new IdTokenError("The ID token's signature is wrong.")
  return parsePart(payload)
}

async function importKey(
  jwk: Record<string, unknown>,
  algorithm: SigningAlgorithm,
  subtle: SubtleCrypto,
): Promise<CryptoKey> {
  const { kty, members, importAs } = ALGORITHMS[algorithm]
  const isMeantForThis = jwk.kty === kty && (jwk.use ?? 'sig') === 'sig' && (jwk.alg ?? algorithm) === algorithm // RFC 8725 §3.1
  if (!isMeantForThis) throw new IdTokenError(`The key that signed the ID token is not meant for ${algorithm}.`)
  // Only the public members: a key set that says more than it should must not confuse the import.
  const publicMembers = Object.fromEntries(members.map((member) => [member, jwk[member]]))
  try {
    const key = await subtle.importKey('jwk', publicMembers, importAs, false, ['verify'])
    const bits = 'modulusLength' in key.algorithm ? Number(key.algorithm.modulusLength) : 2048
    if (bits < 2048) throw new RangeError(`${bits} bits are too few (RFC 7518 §3.3)`)
    return key
  } catch (cause) {
    throw new IdTokenError('The key that signed the ID token is unusable.', { cause })
  }
}

function parsePart(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(utf8FromBase64url(part))
    if (isRecord(value)) return value
  } catch {
    // reported below, together with JSON that is no object
  }
  throw new IdTokenError('The ID token is garbled.')
}

function bytesOf(signature: string): Uint8Array<ArrayBuffer> {
  try {
    return fromBase64url(signature)
  } catch {
    throw new IdTokenError("The ID token's signature is garbled.")
  }
}
