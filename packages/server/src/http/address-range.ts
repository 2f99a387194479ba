import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type Range = [ipaddr.IPv4 | ipaddr.IPv6, bits: number]

/** @param text an address, or a network in CIDR form */
export function toRange(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.parse(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** An IPv4 address that comes as `::ffff:a.b.c.d` is that IPv4 address. */
export function contains([network, bits]: Range, ip: string): boolean {
  if (!isIP(ip)) return false
  const address = ipaddr.process(ip)
  return address.kind() === network.kind() && address.match([network, bits] as [ipaddr.IPv4, number])
}
