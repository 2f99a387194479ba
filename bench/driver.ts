import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Load, Order } from './load.ts'

/** The process that makes the load: what it costs is nobody's. */
export interface Driver {
  /** One order at a time. */
  give(order: Order): Promise<Load>
  stop(): void
}

export function startDriver(): Driver {
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)), { stdio: 'inherit' })
  return {
    async give(order) {
      const answered = once(child, 'message') as Promise<[{ load?: Load; error?: string }]>
      child.send(order)
      const [{ load, error }] = await answered
      if (error) throw new Error(`${order.contender}: ${error}`)
      return load ?? { operations: 0, elapsed: 0, p50: 0, p95: 0, p99: 0 }
    },
    stop: () => child.disconnect(),
  }
}
