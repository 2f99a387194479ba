import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { contains, type Range } from './address-range.ts'

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

/**
 * Whether the operator has named this address. A network counts for its own kind of addresses only: one that is wide enough to
 * hold this machine, or a cloud's metadata, does not open them. IPv4 inside IPv6 is not read, as above.
 */
export function isListed(address: string, networks: readonly Range[]): boolean {
  if (!isIP(address)) return false
  const parsed = ipaddr.parse(address)
  return networks.some(
    (range) => parsed.kind() === range[0].kind() && parsed.range() === range[0].range() && contains(range, address),
  )
}
