import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { endWithTest } from './end-with-test.ts'

/** The network between the server and its PostgreSQL, which can be cut and mended. */
export interface CuttableLine {
  /** The database's URL, by way of this line. */
  url: string
  cut(): void
  mend(): void
  /** Cuts as soon as the server sends something of these words, before PostgreSQL gets it. Settles then. */
  cutAt(words: string): Promise<void>
  /** Settles when so many connections were tried in vain: an outage that is as long as whoever tries again waits. */
  refused(count: number): Promise<void>
  close(): Promise<void>
}

export async function aCuttableLine(databaseUrl: string): Promise<CuttableLine> {
  const target = new URL(databaseUrl)
  const open = new Set<Socket>()
  let isCut = false
  let trap: { words: string; spring(): void } | undefined
  let onRefusal = () => {}
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  const line = createServer((near) => {
    near.on('error', () => {})
    if (isCut) {
      near.destroy()
      return onRefusal()
    }
    const far = connect(Number(target.port), target.hostname)
    near.on('data', (data) => {
      if (!trap || !data.includes(trap.words)) return
      cut()
      trap.spring()
      trap = undefined
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        open.delete(one)
        other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(line, 'listening')
  const through = new URL(databaseUrl)
  through.port = `${(line.address() as AddressInfo).port}`
  return {
    url: through.href,
    cut,
    mend() {
      isCut = false
    },
    cutAt: (words) =>
      new Promise((resolve) => {
        trap = { words, spring: resolve }
      }),
    refused: (count) =>
      new Promise((resolve) => {
        let left = count
        onRefusal = () => {
          if (--left === 0) resolve()
        }
      }),
    close: endWithTest(() => {
      cut()
      line.close()
    }),
  }
}
