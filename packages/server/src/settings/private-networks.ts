import ipaddr from 'ipaddr.js'
import { parseNetworks } from './networks.ts'

/** What a machine of a company may have for an address. Multicast and the like are nobody's. */
const kinds = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'loopback', 'linkLocal', 'unicast'])

/** Where the server may call although it is private. @throws Error that names the wrong one */
export const parsePrivateNetworks = (text: string): string[] => parseNetworks(text).map(requireOneKind)

/** So that nobody lists this machine, or what a cloud keeps at link-local addresses, by a prefix that is too short. */
function requireOneKind(network: string): string {
  const { first, last, bits } = boundsOf(network)
  if (first.range() !== last.range()) throw new Error(`"${network}" mixes networks of several kinds`)
  if (!kinds.has(first.range())) throw new Error(`"${network}" holds no machine that could be called`)
  return bits === undefined ? network : `${first.toString()}/${bits}`
}

function boundsOf(network: string) {
  const [, bits] = network.split('/')
  if (bits === undefined) return { first: ipaddr.parse(network), last: ipaddr.parse(network) }
  const kind = network.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4
  return { first: kind.networkAddressFromCIDR(network), last: kind.broadcastAddressFromCIDR(network), bits }
}
