import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from '@keywright/client'
import { Trouble } from './trouble.ts'

const PATH = '/callback'

export interface LoopbackBrowser extends Browser {
  /** Where the server sends the browser back to; the port is whatever was free (RFC 8252 §7.3). */
  redirectUri: string
  close(): void
}

/**
 * How a desktop or command-line app receives its callback: a web server on 127.0.0.1 that listens while the app runs. `show`
 * brings the page before the user.
 */
export async function openLoopbackBrowser(
  show: (url: string, redirectUri: string) => Promise<void>,
  patience = 5 * 60_000,
): Promise<LoopbackBrowser> {
  const waiting = new Map<string, (url: string) => void>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin())
    const arrived = waiting.get(url.searchParams.get('state') ?? '')
    // Any program or page on this machine can knock here. Only the answer to our own request counts.
    if (request.method !== 'GET' || url.pathname !== PATH || !arrived) return reject(request, response)
    farewell(response, url.searchParams.has('error'))
    arrived(url.href)
  })
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', resolve)
  })
  const redirectUri = `${origin()}${PATH}`

  return {
    redirectUri,
    async open(url) {
      const state = new URL(url).searchParams.get('state') ?? ''
      const { promise, resolve, reject: fail } = Promise.withResolvers<string>()
      const minutes = Math.round(patience / 60_000)
      const timer = setTimeout(() => fail(new Trouble(`Nobody came back within ${minutes} minutes.`)), patience)
      waiting.set(state, resolve)
      try {
        const [callbackUrl] = await Promise.all([promise, show(url, redirectUri)])
        return callbackUrl
      } finally {
        clearTimeout(timer)
        waiting.delete(state)
      }
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer', // the code stands in this page's address
  'cache-control': 'no-store',
  connection: 'close',
}

function farewell(response: ServerResponse, failed: boolean): void {
  const words = failed ? 'The login was not completed.' : 'You are signed in.'
  response.writeHead(200, HEADERS).end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Keywright demo</title>
<style>:root{color-scheme:light dark}body{font:1.25rem system-ui;display:grid;place-content:center;min-height:90vh}</style>
<main><h1>${words}</h1><p>Close this window and return to the terminal.</p></main></html>`)
}

function reject(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.writeHead(404, HEADERS).end('<!doctype html><title>Not found</title><p>Nothing is waiting for this.</p>')
}
