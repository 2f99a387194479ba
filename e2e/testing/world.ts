import type { Browser } from 'playwright-core'
import { launchChromium } from '../../packages/server/testing/chromium.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { type AppServer, startApp } from './app-server.ts'

/** A server, a browser, and the place where a native app listens for its answer (RFC 8252 §7.3). */
export interface World {
  server: TestServer
  browser: Browser
  listener: AppServer
  /** The app's redirect URI; `http://127.0.0.1/callback` is registered, the port is free. */
  loopback: string
  stop(): Promise<void>
}

export async function startWorld(start: () => Promise<TestServer> = startServer): Promise<World> {
  const [server, browser, listener] = await Promise.all([
    start(),
    launchChromium(),
    startApp((path) => (path === '/callback' ? { body: '<title>The app</title><p>Signed in.</p>' } : undefined)),
  ])
  return {
    server,
    browser,
    listener,
    loopback: `http://127.0.0.1:${listener.port}/callback`,
    async stop() {
      await browser.close()
      await Promise.all([listener.close(), server.stop()])
    },
  }
}
