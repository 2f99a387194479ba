import { type Reply, text } from './reply.ts'

/** Addresses that belong to no tenant and answer to any host name, for whoever runs the process. */
export const healthDoors = (isReady: () => Promise<void>): Record<string, () => Promise<Reply>> => ({
  '/healthz': async () => text('ok'),
  '/readyz': () =>
    isReady().then(
      () => text('ready'),
      // Why is in the log: this address is open to everybody.
      () => text('not ready', { status: 503 }),
    ),
})
