/** Cookies as sent. A name that came twice is left out: we cannot tell which one is ours (SEC-157). */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  if (!header) return cookies
  const twice = new Set<string>()
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    if (cookies.has(name) && cookies.get(name) !== value) twice.add(name)
    cookies.set(name, value)
  }
  for (const name of twice) cookies.delete(name)
  return cookies
}

export interface CookieAttributes {
  secure: boolean
  sameSite: 'Lax' | 'None'
  /** Seconds; absent: until the browser closes. */
  maxAge?: number
}

/** Always HttpOnly, Path=/ and without Domain, as the `__Host-` prefix demands (SEC-155). */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes): string {
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', `SameSite=${attributes.sameSite}`]
  if (attributes.secure) parts.push('Secure')
  if (attributes.maxAge !== undefined) parts.push(`Max-Age=${attributes.maxAge}`)
  return parts.join('; ')
}
