import type { KeyObject } from 'node:crypto'
import type { PublicJwk } from '#crypto/jwk.ts'

/** A key of the tenant. Published from birth (`next`), signs while `current`, verifies until it is revoked. */
export interface SigningKey {
  kid: string
  algorithm: 'RS256' | 'PS256' | 'ES256'
  status: 'next' | 'current' | 'previous' | 'revoked'
  /** Public members only, with `kid`, `use`, `x5c`, `x5t` (RFC 7517 §4). */
  publicJwk: PublicJwk
  /** Opened from its seal when the row is read. Absent on keys that sign no more: it is destroyed when they retire. */
  privateKey?: KeyObject
  createdAt: number
  /** When the key stopped signing; it is dropped from the JWKS once nothing it signed can be alive. */
  retiredAt?: number
}
