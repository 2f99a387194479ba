import { constants, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto'
import { InvalidToken, type JwtPayload, parseCompactJws } from './compact-jws.ts'
import type { SigningAlgorithm } from './jwk.ts'
import { resolveVerificationKey, type VerificationAlgorithm, type VerificationKeys } from './verification-key.ts'

export { InvalidToken, type JwtPayload } from './compact-jws.ts'
export type { JwkSet, VerificationAlgorithm, VerificationKey, VerificationKeys } from './verification-key.ts'

export type JwtHeader = { typ: string; kid: string; alg: SigningAlgorithm }

export type JwtExpectations = {
  keys: VerificationKeys
  /** What this purpose accepts, said each time: there is no default (RFC 8725 §3.1). */
  algorithms: readonly VerificationAlgorithm[]
  issuer: string | string[]
  /** Undefined only where any audience will do: an `id_token_hint`, say. */
  audience: string | string[] | undefined
  /** `JWT`, `at+jwt`, `logout+jwt`: with or without `application/`, in any case (RFC 7515 §4.1.9). */
  typ?: string
  /** Epoch milliseconds. */
  now: () => number
  /** How long a token is good after its `exp`: 60 at most, for tokens by the clock of somebody else (SEC-107). */
  leewaySeconds?: number
  /** For an `id_token_hint`, which is still a hint when it is old (RP-Initiated Logout §2). */
  allowExpired?: boolean
}

/**
 * Seconds that `iat`, `nbf` and `auth_time` may lie ahead. Always: a token that was made a moment ago by a clock that is a little
 * ahead of ours harms nobody, and to refuse it signs somebody out. Nothing becomes good again by it, as it would by a late `exp`.
 */
const ahead = 60

type HowToSign = { keyType: string; options: Partial<SignKeyObjectInput> }
const howToSign: { [algorithm in SigningAlgorithm]: HowToSign } = {
  RS256: { keyType: 'rsa', options: { padding: constants.RSA_PKCS1_PADDING } },
  PS256: { keyType: 'rsa', options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  ES256: { keyType: 'ec', options: { dsaEncoding: 'ieee-p1363' } },
}

/** Signs in OpenSSL's thread pool, so that other requests go on meanwhile. The payload is written as `JSON.stringify` does. */
export async function signJwt(header: JwtHeader, payload: object, key: KeyObject): Promise<string> {
  const { keyType, options } = howToSign[header.alg]
  if (key.asymmetricKeyType !== keyType) throw new TypeError(`${header.alg} needs a key of type ${keyType}`)
  const signed = `${encodeHeader(header)}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
  return new Promise((resolve, reject) => {
    sign('sha256', Buffer.from(signed), { key, ...options }, (error, signature) => {
      if (error) reject(error)
      else resolve(`${signed}.${signature.toString('base64url')}`)
    })
  })
}

const rememberedHeaders = 1024
const encodedHeaders = new Map<string, string>()

/** There are as many headers as keys and kinds of token: each is encoded once. */
function encodeHeader({ alg, typ, kid }: JwtHeader): string {
  const json = JSON.stringify({ alg, typ, kid })
  const known = encodedHeaders.get(json)
  if (known) return known
  if (encodedHeaders.size >= rememberedHeaders) encodedHeaders.clear()
  const encoded = Buffer.from(json).toString('base64url')
  encodedHeaders.set(json, encoded)
  return encoded
}

/** Loaded by the first token that is checked: 20 ms that a start need not wait for. */
let jose: Promise<typeof import('jose/jwt/verify')> | undefined

/**
 * The payload of a token that was signed by one of the keys, for this audience, and is valid now. `exp` is required.
 * @throws InvalidToken whatever is wrong with it
 */
export async function verifyJwt(token: string, expected: JwtExpectations): Promise<JwtPayload> {
  const leeway = expected.leewaySeconds ?? 0
  if (!(leeway >= 0 && leeway <= 60)) throw new RangeError(`${leeway} s of leeway: at most 60 are allowed`)

  const { header, payload } = parseCompactJws(token)
  const { key, algorithm } = await resolveVerificationKey(header, expected.keys, expected.algorithms)
  const now = expected.now()
  requirePast('iat', payload, now)
  requirePast('auth_time', payload, now)
  if (!expected.allowExpired && Number(payload.exp) <= Math.floor(now / 1000) - leeway)
    throw new InvalidToken('exp has passed')

  jose ??= import('jose/jwt/verify')
  const { jwtVerify } = await jose
  try {
    await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer: expected.issuer,
      audience: expected.audience,
      typ: expected.typ,
      requiredClaims: ['exp'],
      clockTolerance: ahead, // for nbf; exp was judged above
      currentDate: new Date(expected.allowExpired ? beforeExpiry(payload, now) : now),
    })
  } catch (cause) {
    throw new InvalidToken(cause instanceof Error ? cause.message : 'not verified', { cause })
  }
  return payload
}

function requirePast(claim: string, payload: JwtPayload, now: number): void {
  const time = payload[claim]
  if (time === undefined) return
  if (typeof time !== 'number') throw new InvalidToken(`${claim} is not a number`)
  if (time > Math.floor(now / 1000) + ahead) throw new InvalidToken(`${claim} is in the future`)
}

/** An old token is looked at as if in its last second; everything else about it is checked as ever. */
function beforeExpiry({ exp }: JwtPayload, now: number): number {
  return typeof exp === 'number' ? Math.min(now, (exp - 1) * 1000) : now
}
