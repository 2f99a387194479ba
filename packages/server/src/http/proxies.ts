import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { contains, toRange } from './address-range.ts'

export interface ProxyTrust {
  /** Who called, and for which host, believing only listed proxies (SEC-195, SEC-256, SEC-257). */
  read(message: IncomingMessage): { ip: string; host?: string }
}

/** @param trusted addresses and networks in CIDR form; none: nobody is believed */
export function trustProxies(trusted: readonly string[]): ProxyTrust {
  const ranges = trusted.map(toRange)
  const isTrusted = (ip: string) => ranges.some((range) => contains(range, ip))
  return {
    read(message) {
      const peer = normalize(message.socket.remoteAddress ?? '')
      if (!isTrusted(peer)) return { ip: peer }
      return { ip: originalClient(message, peer, isTrusted), host: single(message.headers['x-forwarded-host']) }
    },
  }
}

/** The right-most address that is not one of our proxies: everything to the left of it may be invented. */
function originalClient(message: IncomingMessage, peer: string, isTrusted: (ip: string) => boolean): string {
  const header = message.headers['x-forwarded-for']
  const chain = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((part) => normalize(part.trim()))
  for (const ip of chain.reverse()) {
    if (!isIP(ip)) return peer // ipaddr.js would also read `8` and `0x7f.1`
    if (!isTrusted(ip)) return ip
  }
  return peer
}

const single = (header: string | string[] | undefined) =>
  typeof header === 'string' && !header.includes(',') ? header.trim() : undefined

/** `::ffff:10.0.0.1`, `::FFFF:a00:1` and `10.0.0.1` are one caller. */
function normalize(ip: string): string {
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice(7)
  return ip.includes(':') && isIP(ip) ? ipaddr.process(ip).toString() : ip
}
