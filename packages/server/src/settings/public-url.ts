/** The origin of a public URL, in the one spelling that is compared. @throws Error that says what is wrong */
export function parsePublicUrl(text: string): string {
  const url = URL.parse(text)
  if (!url) throw new Error('it is not an absolute URL')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error('it begins with neither https:// nor http://')
  if (url.username || url.password || text.includes('@')) throw new Error('it has a user name or password')
  if (url.search || url.hash || /[?#]/.test(text)) throw new Error('it has a query or a fragment')
  // Issuer and cookies are those of a host: two servers below one host would read each other's.
  if (url.pathname !== '/') throw new Error('it has a path')
  if (url.hostname.endsWith('.')) throw new Error('its host ends with a dot')
  if (url.port === '0') throw new Error('its port is 0, which no browser can reach')
  return url.origin
}
