import { createPublicKey, type KeyObject } from 'node:crypto'
import { type CompactJws, InvalidToken } from './compact-jws.ts'

/** What a signature may be checked with: our own algorithms, and those of other issuers and of clients. */
export type VerificationAlgorithm = keyof typeof families

/** A public key as a JWKS shows it: ours, a client's, another provider's. Members we do not know are ignored. */
export type VerificationKey = {
  kty: string
  kid?: string
  alg?: string
  use?: string
  key_ops?: readonly string[]
  [member: string]: unknown
}
export type JwkSet = { keys: readonly VerificationKey[] }

/** A set, or whatever finds the key with that name in memory: a `kid` never becomes part of a path or query (SEC-099). */
export type VerificationKeys =
  | JwkSet
  | ((kid: string) => VerificationKey | undefined | Promise<VerificationKey | undefined>)

const rsa = { kty: 'RSA' }
const families = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
} as const

const imported = new WeakMap<VerificationKey, KeyObject>()

/**
 * The key a token must be signed with. The header only names it; what it is good for is written on the key (SEC-097).
 * @throws InvalidToken
 */
export async function resolveVerificationKey(
  header: CompactJws['header'],
  keys: VerificationKeys,
  algorithms: readonly VerificationAlgorithm[],
): Promise<{ key: KeyObject; algorithm: VerificationAlgorithm }> {
  const algorithm = algorithms.find((allowed) => allowed === header.alg)
  if (!algorithm) throw new InvalidToken('alg is not allowed')
  const jwk = await findKey(header.kid, keys, algorithm)
  if (!jwk) throw new InvalidToken('kid names no key of ours')
  if (!isFor(jwk, algorithm)) throw new InvalidToken('alg is not what the key is for')
  return { key: importKey(jwk), algorithm }
}

async function findKey(kid: string | undefined, keys: VerificationKeys, algorithm: VerificationAlgorithm) {
  if (typeof keys === 'function') return kid === undefined ? undefined : keys(kid)
  if (kid !== undefined) {
    const named = keys.keys.filter((jwk) => jwk.kid === kid)
    return named.find((jwk) => isFor(jwk, algorithm)) ?? named[0]
  }
  // Without a name there must be no doubt (OpenID Connect Core §10.1).
  const [only, ...others] = keys.keys.filter((jwk) => isFor(jwk, algorithm))
  return others.length === 0 ? only : undefined
}

function isFor(jwk: VerificationKey, algorithm: VerificationAlgorithm): boolean {
  const family: { kty: string; crv?: string } | undefined = families[algorithm]
  return (
    family !== undefined && // the list of allowed algorithms may come from a client's settings
    jwk.kty === family.kty &&
    (family.crv === undefined || jwk.crv === family.crv) &&
    (jwk.alg === undefined || jwk.alg === algorithm) &&
    (jwk.use === undefined || jwk.use === 'sig') &&
    (jwk.key_ops === undefined || (Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')))
  )
}

/** OpenSSL refuses points off the curve (SEC-104); the length of an RSA key is for us to check (SEC-105). */
function importKey(jwk: VerificationKey): KeyObject {
  const known = imported.get(jwk)
  if (known) return known
  let key: KeyObject
  try {
    const { kty, n, e, crv, x, y } = jwk as { [member: string]: string }
    key = createPublicKey({ key: { kty, n, e, crv, x, y }, format: 'jwk' })
  } catch (cause) {
    throw new InvalidToken('the key is malformed', { cause })
  }
  if ((key.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048) throw new InvalidToken('the key is too weak')
  imported.set(jwk, key)
  return key
}
