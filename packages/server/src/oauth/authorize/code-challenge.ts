import type { Client } from '#clients/client.ts'
import { isPublic } from '#clients/client.ts'
import { equalInConstantTime, s256 } from '#crypto/digest.ts'
import { invalidGrant, invalidRequest } from '#errors.ts'

/**
 * 43 base64url characters are 258 bits, a SHA-256 only 256: the last character can be one of 16 (RFC 7636 §4.2).
 * The canonical form is demanded, so that one challenge has one spelling.
 */
const challengeForm = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const verifierForm = /^[A-Za-z0-9\-._~]{43,128}$/

/**
 * Only S256 exists here: `plain` would let whoever reads the request redeem the code (RFC 7636 §7.2).
 * @throws OAuthError invalid_request
 */
export function validateCodeChallenge(
  challenge: string | undefined,
  method: string | undefined,
  client: Client,
): string | undefined {
  if (challenge === undefined) {
    if (method !== undefined) throw invalidRequest('code_challenge_method was sent without a code_challenge.')
    if (isPublic(client) || client.requirePkce)
      throw invalidRequest('Missing required parameter: code_challenge. PKCE with S256 is required for this client.')
    return undefined
  }
  if (method !== 'S256') throw invalidRequest('code_challenge_method must be S256.')
  if (!challengeForm.test(challenge))
    throw invalidRequest('code_challenge must be the 43 base64url characters of a SHA-256 digest.')
  return challenge
}

/** Also refuses a verifier where there was no challenge, so that stripping the challenge never helps (RFC 9700 §4.8.2). */
export function fitsChallenge(verifier: string | undefined, challenge: string | undefined): boolean {
  if (challenge === undefined) return verifier === undefined
  return verifier !== undefined && verifierForm.test(verifier) && equalInConstantTime(s256(verifier), challenge)
}

/** @throws OAuthError invalid_grant */
export function verifyCodeVerifier(verifier: string | undefined, challenge: string | undefined): void {
  if (!fitsChallenge(verifier, challenge)) throw invalidGrant('Failed to verify code verifier')
}
