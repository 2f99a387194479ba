import type { IncomingMessage } from 'node:http'
import { contains, toRange } from './address-range.ts'
import { forwardedHost, hopsOf, normalize, readAddress } from './forwarded.ts'

export interface ProxyTrust {
  /**
   * Who called, and for which host, believing only listed proxies (SEC-195, SEC-256, SEC-257).
   * @throws HttpError 400 when a listed proxy tells something that cannot be read
   */
  read(message: IncomingMessage): { ip: string; host?: string }
  /** Whether this peer speaks for others. */
  isProxy(peer: string): boolean
}

/** @param trusted addresses and networks in CIDR form; none: nobody is believed */
export function trustProxies(trusted: readonly string[]): ProxyTrust {
  const ranges = trusted.map(toRange)
  const isTrusted = (ip: string) => ranges.some((range) => contains(range, ip))
  return {
    read({ socket, headers }) {
      const peer = normalize(socket.remoteAddress ?? '')
      if (!isTrusted(peer)) return { ip: peer }
      const { ip, host } = originalRequest(headers, peer, isTrusted)
      return { ip, host: forwardedHost(headers) ?? host }
    },
    isProxy: (peer) => isTrusted(normalize(peer)),
  }
}

/**
 * The right-most address that is not one of our proxies: everything to the left of it may be invented. Where all of them are
 * ours, the left-most began it: people inside a listed network are not all one.
 */
function originalRequest(
  headers: IncomingMessage['headers'],
  peer: string,
  isTrusted: (ip: string) => boolean,
): { ip: string; host?: string } {
  let nearest: { ip: string; host?: string } = { ip: peer }
  for (const { from, host } of hopsOf(headers).reverse()) {
    nearest = { ip: readAddress(from), host }
    if (!isTrusted(nearest.ip)) break
  }
  return nearest
}
