import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import type { TestBrowser } from '../../testing/browser.ts'
import { sample } from '../../testing/builders.ts'
import { signIn } from '../../testing/login.ts'
import { freshDatabase } from '../../testing/postgres.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import {
  addClient,
  logOf,
  offline,
  offlineOpaque,
  post,
  refresh,
  refreshed,
  revoke,
  tokensOf,
  userinfo,
  web,
} from '../../testing/tokens.ts'

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

const tokens = (over: Record<string, string | undefined> = offline) => tokensOf(server, over, browser)
const isAlive = async (token: string, over: Record<string, string> = {}) =>
  (await refresh(url, token, over)).status === 200

test('the whole family dies, and the opaque access tokens with it; the answer has no body and no type', async () => {
  const first = await tokens(offlineOpaque)
  const next = await refreshed(url, first.refresh_token)
  const response = await revoke(url, next.refresh_token)
  assert.equal(response.status, 200)
  assert.equal(await response.text(), '')
  assert.equal(response.headers.get('content-type'), null)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  assert.equal(await isAlive(next.refresh_token), false)
  for (const { access_token } of [first, next]) assert.equal((await userinfo(url, access_token)).status, 401)
  const [event] = await logOf(server, 'srrt')
  assert.equal(event?.userId, sample.userId)
  assert.equal(event?.clientId, sample.clientId)
})

test('JSON is understood, too', async () => {
  const { refresh_token } = await tokens()
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ client_id: sample.clientId, token: refresh_token })
  assert.equal((await fetch(`${url}/oauth/revoke`, { method: 'POST', headers, body })).status, 200)
  assert.equal(await isAlive(refresh_token), false)
})

test('a token that was already replaced ends its family as well: whoever revokes wants it gone', async () => {
  const first = await tokens()
  const next = await refreshed(url, first.refresh_token)
  await revoke(url, first.refresh_token)
  assert.equal(await isAlive(next.refresh_token), false)
})

describe('SEC-130', () => {
  test('what we never issued, and what is no token of ours to revoke, is answered with 200', async () => {
    const { access_token, id_token, refresh_token } = await tokens()
    for (const token of [
      'x',
      'v1.x',
      id_token,
      'x'.repeat(43),
      'x'.repeat(50_000),
      `${access_token}x`,
      `${refresh_token}x`,
    ])
      assert.equal((await revoke(url, token)).status, 200)
    assert.equal((await userinfo(url, access_token)).status, 200)
    assert.equal(await isAlive(refresh_token), true)
  })

  test('a hint that lies changes nothing', async () => {
    const { refresh_token } = await tokens()
    assert.equal((await revoke(url, refresh_token, { token_type_hint: 'access_token' })).status, 200)
    assert.equal(await isAlive(refresh_token), false)
  })

  test('another client’s token stays alive, and nobody learns that it exists', async () => {
    await addClient(server, { clientId: 'other-app', tokenEndpointAuthMethod: 'none' })
    const { refresh_token } = await tokens()
    assert.equal((await revoke(url, refresh_token, { client_id: 'other-app' })).status, 200)
    assert.equal(await isAlive(refresh_token), true)
  })

  test('a confidential client has to prove itself', async () => {
    await addClient(server)
    const form = { client_id: web.clientId, token: 'x' }
    assert.equal((await post(`${url}/oauth/revoke`, form)).status, 401)
    assert.equal((await post(`${url}/oauth/revoke`, { ...form, client_secret: 'wrong' })).status, 401)
    assert.equal((await post(`${url}/oauth/revoke`, { ...form, client_secret: web.secret })).status, 200)
    assert.equal((await post(`${url}/oauth/revoke`, { token: 'x', client_id: 'nobody' })).status, 401)
  })

  test('what is missing, doubled or in the URL is 400', async () => {
    for (const [path, form] of [
      ['', { client_id: sample.clientId }],
      ['', { token: 'x' }],
      ['?token=x', { client_id: sample.clientId, token: 'x' }],
    ] as const) {
      const response = await post(`${url}/oauth/revoke${path}`, form)
      assert.equal(response.status, 400)
      assert.equal(((await response.json()) as { error: string }).error, 'invalid_request')
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = `client_id=${sample.clientId}&token=x&token=x`
    assert.equal((await fetch(`${url}/oauth/revoke`, { method: 'POST', headers, body })).status, 400)
  })
})

test('only the one authorization dies, unless the tenant wants all of user, client and audience gone (Auth0)', async (t) => {
  const [one, two, opaque] = [await tokens(), await tokens(), await tokens(offlineOpaque)]
  await revoke(url, one.refresh_token)
  const next = await refreshed(url, two.refresh_token)
  t.after(() => server.store.settings.update(defaultTenantSettings))
  await server.store.settings.update({ ...defaultTenantSettings, flags: { revokeRefreshTokenGrant: true } })
  const three = await tokens()
  await revoke(url, three.refresh_token)
  assert.equal(await isAlive(next.refresh_token), false)
  assert.equal(await isAlive(opaque.refresh_token), true, 'another audience')
})

test('SEC-131 SEC-093 when the database is gone the answer is 503 and not 200, tells nothing, and nothing is lost', async (t) => {
  const database = await freshDatabase()
  const environment = {
    KEYWRIGHT_DATABASE: database,
    KEYWRIGHT_SECRET: 'a secret for this test, long enough to be one',
  }
  const postgres = await startServer({ environment })
  t.after(() => postgres.stop())
  const { refresh_token } = await tokensOf(postgres, offlineOpaque)

  const name = new URL(database).pathname.slice(1)
  const admin = new pg.Client({ connectionString: Object.assign(new URL(database), { pathname: '/postgres' }).href })
  await admin.connect()
  t.after(() => admin.end())
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
  for (const answer of [
    await revoke(postgres.url, refresh_token),
    await post(`${postgres.url}/oauth/token`, {
      grant_type: 'refresh_token',
      client_id: sample.clientId,
      refresh_token,
    }),
  ]) {
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    assert.deepEqual(await answer.json(), {
      error: 'temporarily_unavailable',
      error_description: 'The server is busy. Try again in a moment.',
    })
  }
  await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  assert.equal((await refresh(postgres.url, refresh_token)).status, 200)
})
