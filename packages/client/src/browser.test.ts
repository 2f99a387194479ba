// The library's own sources, types stripped, in a real browser: a single-page app on one origin, the server on another.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../server/testing/chromium.ts'
import { AuthorizationServer } from '../testing/authorization-server.ts'

const server = await AuthorizationServer.start()
const app = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://app')
  const file = /^\/client\/([\w-]+\.ts)$/.exec(pathname)?.[1]
  if (!file) return void response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  readFile(new URL(file, import.meta.url), 'utf8').then(
    (source) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(stripTypeScriptTypes(source)),
    () => response.writeHead(404).end(),
  )
})
await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
const browser = await launchChromium()
after(async () => {
  await browser.close()
  app.closeAllConnections()
  app.close()
  await server.stop()
})

const html = `<!doctype html><title>App</title><script type="module">
  import { KeywrightClient } from '/client/index.ts'
  const storage = {
    get: (key) => localStorage.getItem(key),
    set: (key, value) => localStorage.setItem(key, value),
    remove: (key) => localStorage.removeItem(key),
  }
  const scope = 'openid profile offline_access'
  const domain = '${server.origin}'
  window.client = new KeywrightClient({ domain, clientId: 'abc', redirectUri: location.origin + '/back', scope, storage })
  if (location.pathname === '/back') {
    const { user, appState } = await client.handleCallback(location.href)
    history.replaceState({}, '', appState.page)
    document.title = user.name
  } else if (location.pathname === '/login') {
    location.assign(await client.authorizationUrl({ appState: { page: '/appointments' } }))
  } else {
    document.title = 'ready'
  }
</script>`

const refreshIn = (page: Page) =>
  page.evaluate(async () => {
    const { client } = globalThis as unknown as { client: { refresh(): Promise<{ accessToken: string }> } }
    return (await client.refresh()).accessToken
  })

test('a single-page app signs in, and two tabs refresh as one', async () => {
  const context = await browser.newContext()
  const [first, second] = [await context.newPage(), await context.newPage()]
  await first.goto(`${origin}/login`)
  await first.waitForFunction("document.title === 'Ada Lovelace'")
  assert.equal(new URL(first.url()).pathname, '/appointments')

  const email = await first.evaluate('client.user().then((user) => user.email)')
  assert.equal(email, 'ada@example.com')

  await second.goto(`${origin}/`)
  await second.waitForFunction("document.title === 'ready'")
  server.requests.length = 0
  const tokens = await Promise.all([refreshIn(first), refreshIn(second), refreshIn(first), refreshIn(second)])
  // The second tab may ask only after the first was done; then it refreshes anew, with the new refresh token.
  assert.ok(server.count('/oauth/token') <= 2)
  assert.ok(new Set(tokens).size <= 2)

  await first.evaluate('client.logout()')
  assert.equal(await second.evaluate('client.tokens()'), undefined)
})
