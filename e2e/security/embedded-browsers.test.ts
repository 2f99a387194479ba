// RFC 8252 §8.12: apps do not show the sign-in page in a web view of their own. docs/guide/native-login.md says so.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defaultTenantSettings } from '../../packages/server/src/tenants/tenant.ts'
import { aBrowser } from '../../packages/server/testing/browser.ts'
import { authorizeUrl } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server?.stop())

const webViews = {
  Android:
    'Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0 Mobile Safari/537.36',
  iOS: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
}
const browsers = {
  'Chrome on Android':
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  'Safari on iOS':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Chrome on iOS':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1',
}

/** The first page that is shown to somebody who wants to sign in. */
async function firstPage(userAgent: string) {
  const browser = aBrowser(server.url)
  const { location = '' } = await browser.get(authorizeUrl(), { 'user-agent': userAgent })
  return browser.get(location, { 'user-agent': userAgent })
}

async function refuse(refuseEmbeddedBrowsers: boolean) {
  const { flags } = defaultTenantSettings
  await server.store.settings.update({ ...defaultTenantSettings, flags: { ...flags, refuseEmbeddedBrowsers } })
}

for (const [name, userAgent] of Object.entries(webViews)) {
  test(`SEC-047 the web view of ${name} gets a page without a form where the tenant refuses it`, async () => {
    await refuse(true)
    const { status, body } = await firstPage(userAgent)
    assert.equal(status, 403)
    assert.doesNotMatch(body, /<form|name="password"/)
  })

  test(`SEC-047 the web view of ${name} is let in where the tenant says nothing`, async () => {
    await refuse(false)
    assert.match((await firstPage(userAgent)).body, /name="password"/)
  })
}

for (const [name, userAgent] of Object.entries(browsers))
  test(`SEC-047 ${name} is a browser, and is let in`, async () => {
    await refuse(true)
    assert.match((await firstPage(userAgent)).body, /name="password"/)
  })
