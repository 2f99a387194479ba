import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { seedWith } from '../testing/apps.ts'
import { appScheme, type Tab, until } from './engine.ts'

/** A server, and an app on another port whose callbacks lead on. */
export interface World {
  server: TestServer
  /** The app's own origin. */
  app: string
  /** An authorization request of the app; `undefined` leaves a parameter out. */
  link(over?: Record<string, string | undefined>): string
  [Symbol.asyncDispose](): Promise<void>
}

/** The app's callbacks: a page, and those that redirect to another origin, which is a page or redirects to the app's scheme. */
export const callbacks = { page: '/page', web: '/leads-on/web', scheme: '/leads-on/scheme' } as const

/** A client for whom nobody vouches: its users are asked. */
export const stranger = 'stranger'

export async function startWorld(): Promise<World> {
  const http = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://app')
    const to = (location: string) => response.writeHead(302, { location }).end()
    if (pathname.startsWith('/leads-on/')) return to(`http://127.0.0.1:${port}${pathname.slice(9)}${search}`)
    if (pathname === '/scheme') return to(`${appScheme}://opened${search}`)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    return response.end('<!doctype html><title>The app</title><h1>The app</h1>')
  })
  await new Promise<void>((resolve) => http.listen(0, resolve))
  const { port } = http.address() as AddressInfo
  const app = `http://localhost:${port}`
  const addresses = Object.values(callbacks).map((path) => app + path)
  const spa = {
    appType: 'spa' as const,
    callbacks: addresses,
    allowedLogoutUrls: addresses,
    webOrigins: [app],
    skipNonVerifiableCallbackUriConfirmationPrompt: true,
  }
  const seed = seedWith(
    { ...spa, clientId: 'app', name: 'The app' },
    { ...spa, clientId: stranger, name: 'A stranger', isFirstParty: false },
  )
  const server = await startServer({ seed })
  return {
    server,
    app,
    link: (over) => server.url + authorizeUrl({ client_id: 'app', redirect_uri: app + callbacks.page, ...over }),
    async [Symbol.asyncDispose]() {
      await server.stop()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

export async function signIn(tab: Tab, password: string = sample.password): Promise<void> {
  await tab.type('#username', sample.email)
  await tab.type('#password', password)
  await press(tab, 'default')
}

export const press = (tab: Tab, action: 'default' | 'cancel' | 'accept' | 'deny'): Promise<void> =>
  tab.click(`button[name=action][value=${action}]`)

/** @returns the address, once it begins like this */
export const arriving = (tab: Tab, address: string): Promise<URL> =>
  until(address, async () => {
    const url = await tab.url()
    return url.startsWith(address) ? new URL(url) : undefined
  })

/** @returns the first value of the expression that is not empty */
export const seeing = (tab: Tab, expression: string): Promise<unknown> =>
  until(expression, () => tab.evaluate(expression))
