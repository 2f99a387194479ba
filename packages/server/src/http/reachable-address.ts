import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Which machines the server itself may call. `local` adds this machine and private networks. */
export type Reach = 'public' | 'local'

const local = new Set(['loopback', 'private', 'uniqueLocal'])

/**
 * Only what the internet routes to one machine (SEC-247). Forms of IPv6 that carry an IPv4 address (mapped, NAT64, 6to4, Teredo)
 * lead wherever that address does, so they are refused like every range that is not plain unicast. Link-local stays refused
 * even on a laptop: clouds keep the credentials of their machines there.
 */
export function isReachable(address: string, reach: Reach): boolean {
  if (!isIP(address)) return false // ipaddr.js would also read `8.8.8`
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (reach === 'local' && local.has(range)) return true
  // IANA has given out 2000::/3 and nothing else; below it are `::a.b.c.d` and other leftovers.
  const assigned = parsed instanceof ipaddr.IPv6 ? (parsed.parts[0] ?? 0) >> 13 === 1 : true
  return range === 'unicast' && assigned
}
