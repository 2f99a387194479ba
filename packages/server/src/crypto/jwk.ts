import type { Random } from './random-id.ts'

export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

/** What the JWKS shows: never a private member (SEC-112). */
export type PublicJwk = {
  use: 'sig'
  alg: SigningAlgorithm
  kid: string
  x5c: [string]
  x5t: string
} & ({ kty: 'RSA'; n: string; e: string } | { kty: 'EC'; crv: 'P-256'; x: string; y: string })

export type GeneratedKey = {
  kid: string
  algorithm: SigningAlgorithm
  publicJwk: PublicJwk
  /** PKCS#8: seal it before it is stored (SEC-114). */
  privateKeyPem: string
}

export function generateSigningKey(_options: {
  algorithm: SigningAlgorithm
  commonName: string
  /** Epoch milliseconds: the certificate is valid from here on. */
  now: number
  random?: Random
  modulusLength?: number
}): Promise<GeneratedKey> {
  throw new Error('not written yet')
}
