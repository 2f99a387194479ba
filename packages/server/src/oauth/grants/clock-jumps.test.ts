import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../../testing/browser.ts'
import { sample } from '../../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { offline, offlineOpaque, refresh, refreshed, tokensOf, userinfo } from '../../../testing/tokens.ts'

/** On SQLite, where the machine's clock is the only one. What PostgreSQL makes of it: `e2e/durability/clocks.test.ts`. */
let server: TestServer
let url: string
let browser: TestBrowser
before(async () => {
  server = await startServer()
  url = server.url
  browser = (await signIn(url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const second = 1000
const hour = 3600 * second
const day = 24 * hour

type Test = { after(fn: () => unknown): void }

/** Sets the clock for the rest of the test. */
function jump(t: Test, milliseconds: number) {
  server.clock.jump(milliseconds)
  t.after(() => server.clock.jump(-milliseconds))
}

async function withLeeway(t: Test, leeway: number) {
  const client = await server.store.clients.find(sample.clientId)
  assert.ok(client)
  t.after(() => server.store.clients.save(client))
  await server.store.clients.save({ ...client, refreshToken: { ...client.refreshToken, leeway } })
}

const tokens = (over: Record<string, string | undefined> = offline) => tokensOf(server, over, browser)
const statusOf = async (token: string) => (await refresh(url, token)).status

describe('SEC-331 a token that was replaced is not revived by a clock that is set', () => {
  for (const [what, by] of Object.entries({
    'two minutes back': -120 * second,
    'an hour back': -hour,
    'a day back': -day,
    '40 days back': -40 * day,
    'an hour ahead': hour,
    '10 days ahead': 10 * day,
  }))
    for (const leeway of [0, 3])
      test(`${what}, with a leeway of ${leeway} s`, async (t) => {
        await withLeeway(t, leeway)
        const first = await tokens()
        const next = await refreshed(url, first.refresh_token)
        jump(t, by)
        assert.equal(await statusOf(first.refresh_token), 400)
        assert.equal(await statusOf(next.refresh_token), 400, 'the family lives')
      })
})

test('SEC-331 nothing is lost by a clock that was 40 days ahead for a while, not even by what was tried meanwhile', async () => {
  const { refresh_token } = await tokens()
  const opaque = await tokens(offlineOpaque)
  const silently = async () => (await browser.get(authorizeUrl({ prompt: 'none' }))).location ?? ''
  const pending = await signIn(url, offline, browser)

  server.clock.jump(40 * day)
  try {
    assert.equal(await statusOf(refresh_token), 400)
    assert.equal((await userinfo(url, opaque.access_token)).status, 401)
    assert.match(await silently(), /login_required/)
    assert.equal((await exchange(url, pending)).status, 400)
  } finally {
    server.clock.jump(-40 * day)
  }
  assert.equal((await userinfo(url, opaque.access_token)).status, 200)
  assert.match(await silently(), /code=/)
  assert.equal(await statusOf(refresh_token), 200)
  assert.equal((await exchange(url, pending)).status, 200)
})

describe('SEC-331 after a clock was set back', () => {
  for (const [what, by] of Object.entries({ 'by an hour': -hour, 'by a day': -day, 'by 40 days': -40 * day }))
    test(`${what}, what is alive goes on, and a code does not live longer for it`, async (t) => {
      const { refresh_token } = await tokens()
      const opaque = await tokens(offlineOpaque)
      const pending = await signIn(url, offline, browser)
      jump(t, by)
      assert.equal((await exchange(url, pending)).body.error, 'invalid_grant')
      assert.equal((await userinfo(url, opaque.access_token)).status, 200)
      assert.equal(await statusOf(refresh_token), 200)
      assert.equal((await tokens()).token_type, 'Bearer', 'the session, and a code from now on')
    })

  test('by less than a minute, not even codes are lost, nor JWTs refused', async (t) => {
    const { access_token } = await tokens()
    const pending = await signIn(url, offline, browser)
    jump(t, -50 * second)
    assert.equal((await userinfo(url, access_token)).status, 200)
    assert.equal((await exchange(url, pending)).status, 200)
  })

  test('max_age does not take a sign-in from the future for a fresh one', async (t) => {
    const ask = () => browser.get(authorizeUrl({ prompt: 'none', max_age: '7200' }))
    browser = (await signIn(url)).browser
    assert.match((await ask()).location ?? '', /code=/)
    jump(t, -hour)
    assert.equal(parametersOf(await ask()).get('error'), 'login_required')
  })
})
