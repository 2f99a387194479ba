/** An address a link may lead to: http, https, or a path of our own. Anything else (`javascript:`, `//host`) is dropped. */
export function safeUrl(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  if (isOwnPath(url)) return url
  const parsed = URL.parse(url)
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? parsed.href : undefined
}

/** An address an image may come from: as `safeUrl`, or a bitmap in the address itself. SVG there could carry script. */
export function safeImageUrl(url: string | undefined): string | undefined {
  if (url !== undefined && /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/]+=*$/.test(url)) return url
  return safeUrl(url)
}

/** Browsers read `/\host` and `/<tab>/host` as another host's address. */
const isOwnPath = (url: string): boolean => /^\/(?![/\\])[\x21-\x7e]*$/.test(url) && !url.includes('\\')

/** `mailto:` for an address that holds nothing but an address: no headers, no second recipient. */
export function mailto(email: string | undefined): string | undefined {
  return email !== undefined && /^[\w.+-]+@[\w.-]+$/.test(email) ? `mailto:${email}` : undefined
}

const schemeSource = /^[a-z][a-z0-9+.-]*:$/
const neverASource = ['javascript:', 'data:', 'blob:', 'vbscript:', 'about:', 'filesystem:']

/**
 * The narrowest Content-Security-Policy source for an address: its origin, or the scheme of a native app.
 * The grammar (CSP3 §2.3.1) has no IPv6 literals, so `http://[::1]:3000` has to become `http:`.
 */
export function cspSource(url: string): string | undefined {
  const scheme = url.toLowerCase()
  const protocol = schemeSource.test(scheme) ? scheme : URL.parse(url)?.protocol
  if (protocol === undefined || neverASource.includes(protocol)) return undefined
  if (protocol === scheme || !/^https?:$/.test(protocol)) return schemeSource.test(protocol) ? protocol : undefined
  const { host, origin } = new URL(url)
  if (host.startsWith('[')) return protocol
  return /^[a-z0-9._-]+(?::\d+)?$/.test(host) ? origin : undefined
}

/** The `img-src` source for an image that `safeImageUrl` let through. */
export function imageSource(url: string): string | undefined {
  if (url.startsWith('data:')) return 'data:'
  return url.startsWith('/') ? "'self'" : cspSource(url)
}
