/**
 * 128 random bits in base64url, the least that RFC 6749 §10.10 allows. Secrets are machines' affair: Auth0 makes 64 characters,
 * and so do we.
 */
const shortest = 22
/** What somebody who holds down a key does not reach. */
const leastVariety = 8

/** @returns in the words of a message about `client_secret`, without repeating it; undefined if it will do */
export function whyTooWeak(secret: string): string | undefined {
  if (secret.length < shortest) return `has ${secret.length} characters: expected ${shortest} or more`
  if (new Set(secret).size < leastVariety) return `has fewer than ${leastVariety} different characters`
  return undefined
}
