import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from '@keywright/client'
import { Trouble } from './trouble.ts'

export interface LoopbackBrowser extends Browser {
  /** Where the server sends the browser back to; the port is whatever was free (RFC 8252 §7.3). */
  redirectUri: string
  /** Where it sends the browser after a logout. */
  logoutUri: string
  close(): void
}

/**
 * How a desktop or command-line app receives its callback: a web server on 127.0.0.1 that listens while the app runs. `show`
 * brings the page before the user.
 */
export async function openLoopbackBrowser(
  show: (url: string, returnTo: string) => Promise<void>,
  patience = 5 * 60_000,
): Promise<LoopbackBrowser> {
  const waiting = new Map<string, (url: string) => void>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin())
    const arrived = waiting.get(nameOf(url, url))
    // Any program or page on this machine can knock here. Only the answer to our own request counts.
    if (request.method !== 'GET' || !arrived) return reject(request, response)
    farewell(response, url)
    arrived(url.href)
  })
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', resolve)
  })

  return {
    redirectUri: `${origin()}/callback`,
    logoutUri: `${origin()}/logout`,
    async open(page) {
      const url = new URL(page)
      const { searchParams: asked } = url
      const returnTo = asked.get('redirect_uri') ?? asked.get('post_logout_redirect_uri') ?? ''
      const awaited = nameOf(new URL(returnTo), url)
      const { promise, resolve, reject: fail } = Promise.withResolvers<string>()
      const minutes = Math.round(patience / 60_000)
      const timer = setTimeout(
        () => fail(new Trouble(`Nobody came back to ${returnTo} within ${minutes} minutes.`)),
        patience,
      )
      waiting.set(awaited, resolve)
      try {
        const [callbackUrl] = await Promise.all([promise, show(page, returnTo)])
        return callbackUrl
      } finally {
        clearTimeout(timer)
        waiting.delete(awaited)
      }
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** What tells one return from another: its path, and the state that was sent along. */
const nameOf = ({ pathname }: URL, { searchParams }: URL): string => `${pathname}?${searchParams.get('state') ?? ''}`

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer', // the code stands in this page's address
  'cache-control': 'no-store',
  connection: 'close',
}

function farewell(response: ServerResponse, { pathname, searchParams }: URL): void {
  const success = pathname === '/logout' ? 'You are signed out.' : 'You are signed in.'
  const words = searchParams.has('error') ? 'The login was not completed.' : success
  response.writeHead(200, HEADERS).end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Keywright demo</title>
<style>:root{color-scheme:light dark}body{font:1.25rem system-ui;display:grid;place-content:center;min-height:90vh}</style>
<main><h1>${words}</h1><p>Close this window and return to the terminal.</p></main></html>`)
}

function reject(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.writeHead(404, HEADERS).end('<!doctype html><title>Not found</title><p>Nothing is waiting for this.</p>')
}
