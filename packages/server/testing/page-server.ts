import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { contentSecurityPolicy } from '../src/pages/csp.ts'
import type { Page } from '../src/pages/page.ts'

export interface Received {
  method: string
  path: string
  body: string
}

type Answer = Page | { redirect: string } | { text: string }

/** Serves pages as the real server does, with their own Content-Security-Policy, and remembers what came in. */
export async function servePages(answer: (request: Received) => Answer) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const asked = { method: request.method ?? '', path: request.url ?? '', body }
      received.push(asked)
      const reply = answer(asked)
      if ('redirect' in reply) return response.writeHead(302, { location: reply.redirect }).end()
      response.setHeader('content-type', 'text/html; charset=utf-8')
      if ('csp' in reply) response.setHeader('content-security-policy', contentSecurityPolicy(reply.csp))
      return response.end('csp' in reply ? reply.html : reply.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
