import { toBase64url } from '../src/base64url.ts'
import type { SigningAlgorithm } from '../src/signature.ts'

const GENERATE = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
} as const

const SIGN = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
} as const

export interface SigningKey {
  kid: string
  alg: SigningAlgorithm
  /** As it stands in the key set. */
  jwk: Record<string, unknown>
  /** `header` replaces what a correct header would hold. */
  sign(claims: unknown, header?: Record<string, unknown>): Promise<string>
}

export async function aSigningKey(
  kid: string,
  alg: SigningAlgorithm = 'ES256',
  modulusLength = 2048,
): Promise<SigningKey> {
  const parameters = alg === 'ES256' ? GENERATE[alg] : { ...GENERATE[alg], modulusLength }
  const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
  const jwk = { ...(await crypto.subtle.exportKey('jwk', pair.publicKey)), kid, alg, use: 'sig', key_ops: undefined }
  return {
    kid,
    alg,
    jwk,
    async sign(claims, header = {}) {
      const input = `${part({ alg, typ: 'JWT', kid, ...header })}.${part(claims)}`
      const signature = await crypto.subtle.sign(SIGN[alg], pair.privateKey, new TextEncoder().encode(input))
      return `${input}.${toBase64url(new Uint8Array(signature))}`
    },
  }
}

export const part = (value: unknown): string => toBase64url(new TextEncoder().encode(JSON.stringify(value)))
