import { toBase64url } from './base64url.ts'
import { type Environment, environmentFrom } from './environment.ts'

/**
 * A fresh secret that ties a code to this app: 32 random bytes, 43 characters (RFC 7636 §4.1).
 *
 * @example
 * import { createCodeVerifier } from '@keywright/client'
 *
 * console.log(createCodeVerifier().length) // 43
 */
export function createCodeVerifier(environment?: Partial<Environment>): string {
  return randomText(environmentFrom(environment))
}

/**
 * The challenge that goes to `/authorize` in the verifier's place: only who knows the verifier can redeem the code
 * (RFC 7636 §4.2, method S256).
 *
 * @example
 * import { codeChallengeOf } from '@keywright/client'
 *
 * const challenge = await codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
 * console.log(challenge) // E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
 */
export async function codeChallengeOf(verifier: string, environment?: Partial<Environment>): Promise<string> {
  const { subtle } = environmentFrom(environment)
  return toBase64url(new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
}

/** 256 bits that nobody can guess, safe in a URL: also for `state` and `nonce`. */
export function randomText(environment: Environment): string {
  return toBase64url(environment.random(32))
}
