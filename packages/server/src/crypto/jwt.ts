import type { KeyObject } from 'node:crypto'
import type { SigningAlgorithm } from './jwk.ts'

/** The token is not one we would act on. The message says why, for the log; the client hears only that it is invalid. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken'
}

export type JwtHeader = { typ: string; kid: string; alg: SigningAlgorithm }
export type JwtPayload = { [claim: string]: unknown }
export type VerificationKey = { kid?: string; alg?: string; kty?: string; use?: string; [member: string]: unknown }
export type JwkSet = { keys: readonly VerificationKey[] }

export type JwtExpectations = {
  keys: JwkSet | ((kid: string) => VerificationKey | undefined | Promise<VerificationKey | undefined>)
  algorithms: readonly SigningAlgorithm[]
  issuer?: string | string[]
  audience?: string | string[]
  typ?: string
  /** Epoch milliseconds. */
  now: () => number
  /** At most 60 (SEC-107). */
  leewaySeconds?: number
  /** For `id_token_hint`, whose age does not matter. */
  allowExpired?: boolean
}

export function signJwt(_header: JwtHeader, _payload: object, _key: KeyObject): Promise<string> {
  throw new Error('not written yet')
}

/** @throws InvalidToken */
export function verifyJwt(_token: string, _expected: JwtExpectations): Promise<JwtPayload> {
  throw new Error('not written yet')
}
