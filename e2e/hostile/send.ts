import { Agent, type IncomingHttpHeaders, request } from 'node:http'

/** One request as it goes over the wire: nothing is encoded or put right on the way. */
export interface Sent {
  method: string
  /** Percent-encoded already, well or badly. */
  path: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

export interface Got {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A server that says nothing for this long hangs: it should have answered in milliseconds. */
const patience = 20_000

export interface Sender {
  send(sent: Sent): Promise<Got>
  close(): void
}

export function aSender(serverUrl: string, maxSockets = 8): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets })
  const { host, port, hostname } = new URL(serverUrl)
  const send = (sent: Sent) =>
    new Promise<Got>((resolve, reject) => {
      const headers = { host, ...sent.headers }
      const { method, path } = sent
      const signal = AbortSignal.timeout(patience)
      // A state of 4096 characters comes back percent-encoded, in a header that Node's client finds too long by default.
      const outgoing = request({ agent, hostname, port, method, path, headers, signal, maxHeaderSize: 64 * 1024 })
      outgoing.on('error', reject)
      outgoing.on('response', (incoming) => {
        const parts: Buffer[] = []
        incoming.on('data', (part: Buffer) => parts.push(part))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const body = Buffer.concat(parts).toString()
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body })
        })
      })
      outgoing.end(sent.body)
    })
  return { send, close: () => agent.destroy() }
}

/** All of them, a few at a time. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>, width = 6): Promise<void> {
  const rest = [...items]
  const worker = async () => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
