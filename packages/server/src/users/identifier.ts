import { domainToASCII } from 'node:url'

/**
 * The one spelling of an e-mail address or user name that is stored, looked up and unique (SEC-208): NFKC, so that
 * full-width letters are letters; lower case; the domain of an address as A-labels, without a trailing dot (UTS 46).
 * A dotless "ı" stays one: it never becomes somebody else's "i".
 */
export function normalizeIdentifier(text: string): string {
  const folded = text.normalize('NFKC').trim().toLowerCase().normalize('NFKC')
  const at = folded.lastIndexOf('@')
  if (at < 0) return folded
  const domain = folded.slice(at + 1).replace(/\.$/, '')
  // domainToASCII answers an empty text for what is no domain; such an address matches only itself.
  return `${folded.slice(0, at)}@${domainToASCII(domain) || domain}`
}

/** Characters of an identifier as it is stored: one letter may be eighteen in NFKC, and keys of the database have an end. */
export const longestIdentifier = 320

/** Whether it has the form of an address: one that a mail could be sent to, and no more (RFC 5321 §4.5.3.1). */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const domain = text.slice(at + 1)
  if (at < 1 || at > 64 || text.length > 254) return false
  return (
    /^[^\s@"(),:;<>[\\\]\p{Cc}]+$/u.test(text.slice(0, at)) &&
    /^[^\s@.]+(\.[^\s@.]+)*$/.test(domain) &&
    domainToASCII(domain) !== '' &&
    normalizeIdentifier(text).length <= longestIdentifier
  )
}
