import { domainToUnicode } from 'node:url'

/**
 * The one reading of a URL that registration and requests share (SEC-044). It does not normalise: it cuts the string where
 * RFC 3986 App. B cuts it, and refuses everything that a browser, a proxy or another language's parser could cut elsewhere.
 */
export interface UrlParts {
  /** As written, without the colon. */
  scheme: string
  /** As written, IPv6 literals with brackets; undefined without `//`, empty in `com.example.app:///callback`. */
  host: string | undefined
  /** Decimal digits, or empty when the URL names none. */
  port: string
  path: string
  /** With its `?`, so that none and an empty one stay different. */
  query: string
  /** Everything before the query, byte for byte. */
  beforeQuery: string
}

export const longestUrl = 2048

const anatomy = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#.*)?$/
const unreserved = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/
const hostAndPort = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/
const label = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/

/** The parts of a URL, or a sentence that says why it cannot be read in one way only. */
export function readUrl(url: string, allow: { fragment?: boolean } = {}): UrlParts | string {
  if (url.length > longestUrl) return `It is longer than ${longestUrl} characters.`
  if (!unreserved.test(url)) return whyNotWritable(url)
  if (/%(?![0-9A-Fa-f]{2})/.test(url)) return 'It has a "%" that is not followed by two hexadecimal digits.'
  if (!allow.fragment && url.includes('#'))
    return 'It has a fragment ("#"), which a redirect may not have (RFC 6749 §3.1.2).'

  const [, scheme, authority, path = '', query = ''] = anatomy.exec(url) ?? []
  if (scheme === undefined) return 'It is not an absolute URL; it must begin with a scheme, such as "https://".'
  if (/[[\]]/.test(path + query)) return 'It has a square bracket outside an IPv6 address; write %5B or %5D.'
  if (hasDotSegment(path)) return 'Its path has a "." or ".." segment, plain or encoded; write the path it leads to.'

  const [, host, port = ''] = hostAndPort.exec(authority ?? '') ?? []
  const parts = { scheme, host: authority === undefined ? undefined : host, port, path, query }
  return (
    whyNotAuthority(authority, host, port) ??
    whyNotScheme(parts) ??
    whyReadDifferently(url, parts) ?? { ...parts, beforeQuery: url.replace(/[?#].*/s, '') }
  )
}

/** Whether `text` can stand for one label of a host name. */
export function isHostLabel(text: string): boolean {
  return label.test(text)
}

function whyNotWritable(url: string): string {
  const character = Array.from(url).find((each) => !unreserved.test(each)) ?? ''
  const point = character.codePointAt(0) ?? 0
  const name = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  if (/\s/u.test(character)) return `It has white space (${name}); remove it, or write it percent-encoded.`
  if (character === '\\') return 'It has a backslash, which browsers read as a slash.'
  if (point < 0x20 || (point >= 0x7f && point <= 0x9f)) return `It has a control character (${name}).`
  if (point > 0x7f)
    return `It has a character outside ASCII (${name}); write host names as "xn--…" and the rest percent-encoded.`
  return `It has the character ${character}, which a URL must percent-encode (RFC 3986 §2).`
}

/** Also finds what a server behind the callback would decode later, once or repeatedly, and Tomcat's `..;`. */
function hasDotSegment(path: string): boolean {
  if (!/\.|%2e|%25/i.test(path)) return false
  const decoded = path
    .replace(/%(?:25)+/gi, '%')
    .replace(/%2e/gi, '.')
    .replace(/%2f|%5c/gi, '/')
  return decoded.split('/').some((segment) => /^\.\.?(?:;.*)?$/.test(segment))
}

function whyNotAuthority(authority: string | undefined, host: string | undefined, port: string): string | undefined {
  if (authority?.includes('@')) return 'It has a user name or password before the host ("@").'
  if (host === undefined || authority?.endsWith(':')) return 'Its host or port is malformed.'
  if (port !== '' && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535)) {
    return 'Its port is not a number from 1 to 65535 without leading zeros.'
  }
  if (host === '' || host.startsWith('[')) return undefined
  if (host.length > 253) return 'Its host name is longer than 253 characters.'
  const names = host.split('.')
  if (names[0] === '*') names.shift() // a pattern; where one may stand is decided in registered-url.ts
  if (names.some((name) => name.includes('*'))) {
    return 'A "*" must be the whole left-most label of the host, as in "https://*.example.com", and there may be only one.'
  }
  if (!names.every(isHostLabel)) return 'Its host is not a valid host name.'
  // Node's parser lets broken punycode through where others refuse it (SEC-029).
  return /(?:^|\.)xn--/.test(domainToUnicode(host.toLowerCase())) ? 'Its host has an invalid "xn--" label.' : undefined
}

function whyNotScheme({ scheme, host, path }: Pick<UrlParts, 'scheme' | 'host' | 'path'>): string | undefined {
  const lower = scheme.toLowerCase()
  if (lower === 'http' || lower === 'https') {
    if (scheme !== lower) return `Write the scheme in lower case: "${lower}".`
    return host ? undefined : `It has no host; write "${lower}://" and the host.`
  }
  if (host === undefined && !path.startsWith('/'))
    return `After the scheme it needs a slash: "${scheme}://" or "${scheme}:/".`
  return undefined
}

/** The last word is the browser's: where its parser finds another scheme, host or port than we did, we refuse (SEC-024). */
function whyReadDifferently(url: string, parts: Pick<UrlParts, 'scheme' | 'host' | 'port'>): string | undefined {
  const parsed = URL.parse(url)
  const standardPort = { http: '80', https: '443' }[parts.scheme] ?? ''
  const same =
    parsed?.protocol === `${parts.scheme.toLowerCase()}:` &&
    parsed.hostname.toLowerCase() === (parts.host ?? '').toLowerCase() &&
    parsed.port === (parts.port === standardPort ? '' : parts.port)
  return same ? undefined : 'Its host or port is not written in the standard form.'
}
