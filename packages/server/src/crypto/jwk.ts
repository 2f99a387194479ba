import { createHash, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { digest } from './digest.ts'
import { type Random, systemRandom } from './random-id.ts'
import { commonName, loadX509, serialNumber, toCryptoKey } from './x509.ts'

/** The algorithms we sign with. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

/** What the JWKS shows of a key: never a private member (SEC-112). */
export type PublicJwk = PublicMembers & {
  use: 'sig'
  alg: SigningAlgorithm
  kid: string
  /** The certificate: base64 of its DER, not base64url (RFC 7517 §4.7). */
  x5c: [string]
  /** Base64url of the SHA-1 of that DER (RFC 7517 §4.8). */
  x5t: string
}

type PublicMembers = { kty: 'RSA'; n: string; e: string } | { kty: 'EC'; crv: 'P-256'; x: string; y: string }

export type GeneratedKey = {
  kid: string
  algorithm: SigningAlgorithm
  publicJwk: PublicJwk
  /** PKCS#8. Seal it before it is stored (SEC-114). */
  privateKeyPem: string
}

export type KeyWishes = {
  algorithm: SigningAlgorithm
  /** Of the self-signed certificate; at Auth0 the tenant's domain. */
  commonName: string
  /** Epoch milliseconds from which the certificate is valid, for ten years. */
  now: number
  /** Only for the certificate's serial number: the key itself always comes from OpenSSL's generator. */
  random?: Random
  /**
   * Bits of an RSA modulus. SEC-105 would have 3072, which triples the price of every token; 2048 is what Auth0 uses and
   * good beyond the life of these keys, which rotate (NIST SP 800-57 part 1: 112 bits, until 2030).
   */
  modulusLength?: number
}

const tenYears = 3652 * 24 * 60 * 60 * 1000
const generate = promisify(generateKeyPair)

/** An RSA key may sign both RS256 and PS256; `alg` says which one its JWKS entry is published for. */
export async function generateSigningKey(wishes: KeyWishes): Promise<GeneratedKey> {
  const { algorithm, modulusLength = 2048 } = wishes
  if (modulusLength < 2048) throw new RangeError(`an RSA key of ${modulusLength} bits is too weak`)
  const [pair] = await Promise.all([
    algorithm === 'ES256' ? generate('ec', { namedCurve: 'P-256' }) : generate('rsa', { modulusLength }),
    loadX509(), // while OpenSSL looks for primes
  ])
  const certificate = await selfSign(pair, wishes)
  const members = publicMembers(pair.publicKey)
  const kid = thumbprint(members)
  return {
    kid,
    algorithm,
    publicJwk: {
      ...members,
      use: 'sig',
      alg: algorithm,
      kid,
      x5c: [certificate.toString('base64')],
      x5t: createHash('sha1').update(certificate).digest('base64url'),
    },
    privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** Only the members that everybody may see, named one by one so that no private one slips through. */
export function publicMembers(key: KeyObject): PublicMembers {
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' })
  if (kty === 'RSA' && n && e) return { kty, n, e }
  if (kty === 'EC' && crv === 'P-256' && x && y) return { kty, crv, x, y }
  throw new TypeError(`keys of type ${kty} ${crv} do not sign tokens here`)
}

/** The key's name: SHA-256 over its required members in alphabetical order (RFC 7638 §3). */
export function thumbprint(members: PublicMembers): string {
  const { kty } = members
  const required =
    kty === 'RSA' ? { e: members.e, kty, n: members.n } : { crv: members.crv, kty, x: members.x, y: members.y }
  return digest(JSON.stringify(required))
}

async function selfSign(pair: { privateKey: KeyObject; publicKey: KeyObject }, wishes: KeyWishes): Promise<Buffer> {
  const { Name, X509CertificateGenerator } = await loadX509()
  const signing =
    wishes.algorithm === 'ES256'
      ? { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber((wishes.random ?? systemRandom)(16)),
    name: new Name(commonName(wishes.commonName)),
    notBefore: new Date(wishes.now),
    notAfter: new Date(wishes.now + tenYears),
    signingAlgorithm: signing,
    keys: {
      privateKey: toCryptoKey(pair.privateKey, signing),
      publicKey: toCryptoKey(pair.publicKey, signing),
    },
  })
  return Buffer.from(certificate.rawData)
}
