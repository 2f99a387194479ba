import { isIP } from 'node:net'

/** Host, and port if it is not the scheme's own: what browsers send as `Host`, and a tenant's `domain`. */
export const domainOf = (url: string): string => new URL(url).host

/** Auth0's trailing slash is part of it, and apps compare it letter by letter. */
export const issuerOf = (url: string): string => `${new URL(url).origin}/`

/** The user's own machine: nobody listens in between. Names below `localhost` count (RFC 6761 §6.3). */
export function isLocal(url: string): boolean {
  const { hostname } = new URL(url)
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true
  return isIP(hostname) === 4 && hostname.startsWith('127.')
}
