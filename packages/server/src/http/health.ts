import type { FastifyInstance } from './listen.ts'

/** Addresses that belong to no tenant and answer to any host name, for whoever runs the process. */
export function addHealth(app: FastifyInstance, isReady: () => Promise<void>): void {
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').type('text/plain').send('ok'))
  app.get('/readyz', async (_request, reply) => {
    void reply.header('cache-control', 'no-store').type('text/plain; charset=utf-8')
    try {
      await isReady()
      return 'ready'
    } catch {
      // Why is in the log: this address is open to everybody.
      return reply.code(503).send('not ready')
    }
  })
}
