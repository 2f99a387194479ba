import type { Server } from 'node:http'

/**
 * Node closes the connections that are idle now, and forgets those that are idle in a moment: browsers would hold us up for
 * as long as they keep them alive. Who has not finished a request when its time is over is not waited for.
 * @param requestTimeout milliseconds a request may take
 */
export async function closeCalmly(
  app: { server: Server; close(): PromiseLike<unknown> },
  requestTimeout: number,
): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), 50)
  const late = setTimeout(() => app.server.closeAllConnections(), requestTimeout)
  try {
    await app.close()
  } finally {
    clearInterval(idle)
    clearTimeout(late)
  }
}
