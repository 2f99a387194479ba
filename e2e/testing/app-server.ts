import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an app's own server answers: a page, a file, or 404. */
type Answer = { type?: string; body: string | Buffer } | undefined

export interface AppServer {
  /** On another port than the authorization server, so another origin. */
  port: number
  /** `METHOD /path?query`, in the order they came; favicons left out. */
  visits: string[]
  close(): Promise<void>
}

/** The place an app lives at, for tests to be called back at, and to attack from. */
export async function startApp(answer: (path: string, request: IncomingMessage) => Answer): Promise<AppServer> {
  const visits: string[] = []
  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    if (url !== '/favicon.ico') visits.push(`${request.method} ${url}`)
    const found = answer(url.split('?', 1)[0] ?? '/', request)
    response.writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/html; charset=utf-8' })
    response.end(found?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    visits,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
