import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { LookupFunction } from 'node:net'
import { type Range, toRange } from './address-range.ts'
import { createPlaces } from './places.ts'
import { isListed, isReachable, type Reach } from './reachable-address.ts'

/** A call that was not made, or not to the end. The message is for logs, never for the caller of ours (SEC-251). */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError'
}

export type Resolve = (hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void

export interface OutgoingOptions {
  /** Lets plain http and calls to this machine and private networks through: for laptops and tests, never in production. */
  allowPrivateNetworks: boolean
  /** Addresses and networks in CIDR form to call although they are not public, on any port and without https. */
  privateNetworks?: readonly string[]
  /** Every address of a name. Replaced in tests. */
  resolve?: Resolve
  /** Milliseconds until the connection stands, name and TLS included. */
  connectTimeout?: number
  /** Milliseconds until the last byte has come: whoever drips does not keep us (SEC-250). */
  totalTimeout?: number
  bodyBytes?: number
  headerBytes?: number
  /** Calls under way to one origin, so that a slow one cannot collect all our sockets. `shares.ts` shares them out to callers. */
  concurrency?: number
}

type Limits = Required<Omit<OutgoingOptions, 'allowPrivateNetworks' | 'privateNetworks'>> & {
  reach: Reach
  listed: readonly Range[]
}

/** Ports of https. A server that looks at others' ports for strangers is a port scanner. */
const ports = new Set(['', '443', '8443'])

/**
 * The one client for everything the server itself calls (SEC-247). It looks like `fetch` and does less: no redirects, no cookies, no
 * compression, no connection reuse; and the whole body has come when it answers. The address a name leads to is checked
 * at the moment of connecting, and that very address is connected to, so a name that changes its mind gains nothing (SEC-249).
 */
export function createOutgoing(options: OutgoingOptions): typeof fetch {
  const { allowPrivateNetworks, privateNetworks = [], ...chosen } = options
  const limits: Limits = {
    resolve: systemResolve,
    connectTimeout: 5_000,
    totalTimeout: 10_000,
    bodyBytes: 256 * 1024,
    headerBytes: 16 * 1024,
    concurrency: 256,
    ...chosen,
    reach: allowPrivateNetworks ? 'local' : 'public',
    listed: privateNetworks.map(toRange),
  }
  const inPlace = createPlaces(
    limits.concurrency,
    (origin) => new OutgoingError(`${new URL(origin).host}: too many calls are under way already`),
  )

  return async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    try {
      requireAllowed(url, limits)
    } catch (cause) {
      throw failure(url, cause)
    }
    return inPlace(url.origin, () => call(request, url, limits))
  }
}

/** What can be judged before a name is resolved. WHATWG URLs spell `0x7f.1` as `127.0.0.1`, so there is one form to look at. */
function requireAllowed(url: URL, limits: Limits): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new OutgoingError(`only https is called, not ${url.protocol}`)
  const literal = url.hostname.startsWith('[') || /^[\d.]+$/.test(url.hostname)
  // An address needs no lookup, so the guard below would never see it. Without a list no name can lead to something listed.
  if (literal) requireCallable(url, [bare(url.hostname)], limits)
  else if (limits.listed.length === 0) requireUsual(url, limits)
}

/**
 * All addresses must be allowed: one private among public ones is an attack, and not a choice. An unusual port, or plain http, is
 * for listed ones alone.
 */
function requireCallable(url: URL, addresses: readonly string[], limits: Limits): void {
  const isKnown = (address: string) => isListed(address, limits.listed)
  if (addresses.length > 0 && addresses.every(isKnown)) return
  requireUsual(url, limits)
  const allowed = (address: string) => isKnown(address) || isReachable(address, limits.reach)
  if (addresses.length === 0 || !addresses.every(allowed)) throw new OutgoingError('this address is not public')
}

function requireUsual(url: URL, { reach }: Limits): void {
  if (reach === 'local') return
  if (url.protocol !== 'https:') throw new OutgoingError(`only https is called, not ${url.protocol}`)
  if (!ports.has(url.port)) throw new OutgoingError('this port is not called')
}

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '')

async function call(request: Request, url: URL, limits: Limits): Promise<Response> {
  const body = Buffer.from(await request.arrayBuffer())
  const headers = Object.fromEntries(request.headers)
  // Ours belong to browsers; nobody we call is one (SEC-253). Without the other, nobody compresses.
  for (const name of ['cookie', 'accept-encoding', 'connection', 'host']) delete headers[name]
  if (body.length > 0) headers['content-length'] = `${body.length}`
  headers['user-agent'] = 'Keywright'

  return new Promise((resolve, reject) => {
    const tooLate = new AbortController()
    // Not by import: that would make node:http load all of fetch and WebSocket at the start, for calls that few servers make.
    const { request: send } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
    const outgoing = send(url, {
      method: request.method,
      headers,
      signal: AbortSignal.any([request.signal, tooLate.signal]),
      agent: false,
      lookup: guardedLookup(url, limits),
      maxHeaderSize: limits.headerBytes,
    })
    const fail = (cause: unknown) => {
      reject(failure(url, tooLate.signal.aborted ? tooLate.signal.reason : cause))
      outgoing.destroy()
    }
    setDeadlines(outgoing, tooLate, url, limits)
    outgoing.on('error', fail)
    outgoing.on('response', (incoming) => void receive(incoming, request.redirect, limits).then(resolve, fail))
    outgoing.end(body)
  })
}

function failure(url: URL, cause: unknown): OutgoingError {
  if (cause instanceof OutgoingError) return new OutgoingError(`${url.host}: ${cause.message}`, { cause })
  const { code, message } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : { message: String(cause) }
  return new OutgoingError(`${url.host}: ${code ?? message}`, { cause })
}

function setDeadlines(outgoing: ClientRequest, tooLate: AbortController, url: URL, limits: Limits): void {
  const giveUp = (after: number, what: string) =>
    setTimeout(() => tooLate.abort(new OutgoingError(`${what} within ${after} ms`)), after)
  const connecting = giveUp(limits.connectTimeout, 'no connection')
  const all = giveUp(limits.totalTimeout, 'no complete answer')
  outgoing.on('socket', (socket) => {
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
  })
  outgoing.on('close', () => {
    clearTimeout(connecting)
    clearTimeout(all)
  })
}

/** Judges what a name leads to at the moment of connecting, and hands on no other address than it has judged. */
function guardedLookup(url: URL, limits: Limits): LookupFunction {
  return (hostname, { all }, callback) =>
    limits.resolve(hostname, (error, addresses) => {
      if (error) return callback(error, '', 0)
      try {
        requireCallable(
          url,
          addresses.map(({ address }) => address),
          limits,
        )
      } catch (refusal) {
        return callback(refusal as OutgoingError, '', 0)
      }
      const [first] = addresses
      return all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family)
    })
}

const systemResolve: Resolve = (hostname, done) => systemLookup(hostname, { all: true }, done)

const withoutBody = new Set([204, 205, 304])

/** @throws OutgoingError if there is more than we asked for */
async function receive(
  incoming: IncomingMessage,
  redirect: Request['redirect'],
  { bodyBytes }: Limits,
): Promise<Response> {
  const status = incoming.statusCode ?? 0
  if (status < 200 || status > 599) throw new OutgoingError(`answered ${status}`)
  // A second address would have to be judged like the first; none of our callers needs one (SEC-248).
  if (status >= 300 && status < 400 && redirect !== 'manual') throw new OutgoingError(`answered ${status}, a redirect`)
  const encoding = incoming.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') throw new OutgoingError('answered compressed, unasked')

  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > bodyBytes) throw new OutgoingError(`answered more than ${bodyBytes} bytes`)
    chunks.push(chunk)
  }
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headersDistinct))
    if (name !== 'set-cookie') headers.set(name, (value ?? []).join(', '))
  return new Response(withoutBody.has(status) ? null : Buffer.concat(chunks), { status, headers })
}
