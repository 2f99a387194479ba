import { hash, timingSafeEqual } from 'node:crypto'

/** What we store instead of a code or token: base64url of SHA-256 over the UTF-8 text. */
export function digest(value: string): string {
  return hash('sha256', value, 'base64url')
}

/** The code challenge that a verifier must meet: BASE64URL(SHA256(ASCII(code_verifier))) (RFC 7636 §4.6). */
export function s256(verifier: string): string {
  return digest(verifier)
}

/**
 * Compares secrets without telling, by the time it takes, how much of a guess was right (SEC-062). Digests are compared,
 * so that texts of different length are no special case.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  const same = timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'))
  // UTF-8 spells every lone surrogate alike. This runs only when the digests agree, so it tells nobody anything.
  return same && a === b
}
