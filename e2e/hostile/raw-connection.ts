import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { endWithTest } from '../../packages/server/testing/end-with-test.ts'

/** A connection on which any bytes may be sent. */
export interface RawConnection {
  socket: Socket
  write(bytes: string | Buffer): void
  /** Everything that was answered, once the server has closed the connection. */
  untilClosed(): Promise<string>
  /** What has been answered, once this is part of it. */
  untilIncludes(words: string): Promise<string>
}

export async function connectRaw(serverUrl: string): Promise<RawConnection> {
  const { port } = new URL(serverUrl)
  const socket = connect({ host: '127.0.0.1', port: Number(port) })
  let answered = ''
  let closed = false
  // A refusal while we still send ends with a reset: what was answered before it is what counts.
  socket.on('error', () => {})
  socket.on('data', (part) => {
    answered += part.toString('latin1')
  })
  socket.on('close', () => {
    closed = true
  })
  endWithTest(() => socket.destroy())
  await once(socket, 'connect')
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    async untilClosed() {
      if (!closed) await once(socket, 'close')
      return answered
    },
    async untilIncludes(words) {
      while (!answered.includes(words)) {
        if (closed) throw new Error(`the connection was closed after: ${answered.slice(0, 500)}`)
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
      return answered
    },
  }
}

/** Sends these bytes, and returns what comes back until the server closes. */
export async function talkRaw(serverUrl: string, bytes: string | Buffer): Promise<string> {
  const connection = await connectRaw(serverUrl)
  connection.write(bytes)
  return connection.untilClosed()
}

/** Status codes of the answers, in their order. */
export const statusesOf = (answered: string): number[] =>
  [...answered.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status))
