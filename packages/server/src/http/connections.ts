import type { Server, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { networkOf } from '#network.ts'
import { normalize } from './forwarded.ts'
import type { Limits } from './limits.ts'
import type { Logger } from './logger.ts'

/** TLS 1.2 with forward secrecy and authenticated encryption, and nothing else (RFC 9325 §4.2); TLS 1.3 has nothing else. */
export const tlsOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
  ].join(':'),
} as const

/** What one network has open now. */
interface Count {
  connections: number
  /** TLS handshakes that have not ended. */
  handshakes: number
}

/**
 * Caps what one address may have open at once (SEC-291): a connection costs memory before it has said anything, and a
 * handshake our signature. Listed proxies speak for many and are not counted. What is too much is closed without a word, as
 * there is nobody yet to say it to.
 */
export function capConnections(
  server: Server,
  limits: Pick<Limits, 'connectionsPerAddress' | 'handshakesPerAddress' | 'handshakeTimeout'>,
  { isProxy, logger, isTls }: { isProxy(peer: string): boolean; logger: Logger; isTls: boolean },
): void {
  const counts = new Map<string, Count>()
  /** What is to be done when a handshake ends; by the two ends of the connection: TLS's socket is not the one beneath it. */
  const shakingHands = new Map<string, () => void>()
  const warned = new Set<string>()

  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return void socket.destroy() // gone already
    const network = isProxy(remoteAddress) ? undefined : networkOf(normalize(remoteAddress))
    if (network !== undefined && !admit(socket, network)) {
      warn(network)
      return void socket.destroy()
    }
    if (isTls) awaitHandshake(socket, network)
  })
  server.on('secureConnection', (socket: TLSSocket) => shakingHands.get(endsOf(socket))?.())

  function admit(socket: Socket, network: string): boolean {
    const count = counts.get(network) ?? { connections: 0, handshakes: 0 }
    if (count.connections >= limits.connectionsPerAddress) return false
    if (count.handshakes >= limits.handshakesPerAddress) return false
    counts.set(network, count)
    count.connections++
    socket.once('close', () => {
      if (--count.connections > 0) return
      counts.delete(network)
      warned.delete(network)
    })
    return true
  }

  /** The deadline is for the whole: Node's own begins anew at each byte. */
  function awaitHandshake(socket: Socket, network: string | undefined) {
    const count = network === undefined ? undefined : counts.get(network)
    if (count) count.handshakes++
    const deadline = setTimeout(() => socket.destroy(), limits.handshakeTimeout).unref()
    const ends = endsOf(socket)
    const end = () => {
      if (!shakingHands.delete(ends)) return
      clearTimeout(deadline)
      if (count) count.handshakes--
    }
    shakingHands.set(ends, end)
    socket.once('close', end)
  }

  /** Once until its last connection is closed: whoever opens too many shall not fill the log as well. */
  function warn(network: string) {
    if (warned.has(network)) return
    warned.add(network)
    logger.warn(
      { network },
      'too many connections from one address: more are closed. If it is a proxy, list it in KEYWRIGHT_TRUSTED_PROXIES',
    )
  }
}

const endsOf = ({ remoteAddress, remotePort, localAddress, localPort }: Socket) =>
  `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`
