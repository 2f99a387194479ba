import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { HttpError } from '#errors.ts'

/** What one proxy tells of the request that came to it: from whom, and for which host. */
export interface Hop {
  from: string
  host?: string
}

/**
 * The hops that a listed proxy's headers tell of, the nearest last. `Forwarded` (RFC 7239) is read where there is no
 * `X-Forwarded-For`: a proxy that writes the one does not write the other, and what it does not write may be a stranger's.
 * @throws HttpError 400
 */
export function hopsOf(headers: IncomingHttpHeaders): Hop[] {
  const chain = joined(headers['x-forwarded-for'])
  if (chain !== undefined) return listed(chain).map((from) => ({ from }))
  const elements = splitOutsideQuotes(headers.forwarded ?? '', ',').map(readElement)
  if (elements.every((element) => element.get('for') === undefined)) return []
  return elements.map((element) => ({ from: element.get('for') ?? '', host: element.get('host') }))
}

/** Of several the last: the nearest proxy, which we trust, has written it; everything to the left of it may be invented. */
export const forwardedHost = (headers: IncomingHttpHeaders): string | undefined =>
  listed(joined(headers['x-forwarded-host']) ?? '').at(-1)

/**
 * The address in any of the forms that proxies write: bare, with a port, in brackets, with a zone. Gateways of two large
 * clouds send `192.0.2.5:51234`.
 * @throws HttpError 400 for everything else, `unknown` and `_hidden` (RFC 7239 §6) too. Who cannot be told apart must not be
 * counted as the proxy, or as one stranger: one who guesses passwords would lock out everybody. The operator sees it at the
 * first request.
 */
export function readAddress(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1]
  const withPort = /^([^:]+):\d{1,5}$/.exec(text)?.[1] // with more colons it is IPv6, which needs brackets
  const address = bracketed ?? withPort ?? text
  const ip = normalize(address)
  const fits = bracketed === undefined ? withPort === undefined || isIP(ip) === 4 : address.includes(':')
  // ipaddr.js alone would also read `8` and `0x7f.1`.
  if (!isIP(ip) || !fits) throw unreadable('The address that the proxy forwards cannot be read.')
  return ip
}

/** `::ffff:10.0.0.1`, `::FFFF:a00:1` and `10.0.0.1` are one caller; a zone (RFC 4007 §11) is about our own interfaces. */
export function normalize(ip: string): string {
  if (ip.startsWith('::ffff:') && ip.includes('.')) return ip.slice(7)
  if (!ip.includes(':') || !isIP(ip)) return ip
  const [address = ''] = ip.split('%', 1)
  return ipaddr.process(address).toString()
}

const unreadable = (message: string) => new HttpError(400, message)

const joined = (header: string | string[] | undefined) => (Array.isArray(header) ? header.join(',') : header)

/** Empty elements of a list are none (RFC 9110 §5.6.1.2). */
const listed = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

const pair = /^([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))$/

/** Names of parameters are not case-sensitive, and none comes twice (RFC 7239 §4). */
function readElement(text: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of splitOutsideQuotes(text, ';')) {
    const [, name, quoted, bare] = pair.exec(part) ?? []
    if (name === undefined || parameters.has(name.toLowerCase())) throw unreadable('Forwarded cannot be read.')
    parameters.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '')
  }
  return parameters
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = ['']
  let isQuoted = false
  let isEscaped = false
  for (const character of text) {
    if (character === separator && !isQuoted) {
      parts.push('')
      continue
    }
    if (character === '"' && !isEscaped) isQuoted = !isQuoted
    isEscaped = isQuoted && character === '\\' && !isEscaped
    parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
