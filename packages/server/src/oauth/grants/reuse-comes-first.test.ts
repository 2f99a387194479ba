import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { RefreshTokenSettings } from '#clients/client.ts'
import type { TestBrowser } from '../../../testing/browser.ts'
import { aConnection, anApi, aUser, sample } from '../../../testing/builders.ts'
import { exchange, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import {
  addClient,
  logOf,
  offline,
  offlineOpaque,
  refresh,
  refreshed,
  tokensOf,
  userinfo,
  web,
} from '../../../testing/tokens.ts'

type Test = { after(fn: () => unknown): void }

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
const invalid = { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }

async function refused(token: string, over: Record<string, string> = {}) {
  const { status, body } = await refresh(url, token, over)
  assert.deepEqual({ status, body }, { status: 400, body: invalid })
}

async function withRefreshToken(t: Test, over: Partial<RefreshTokenSettings>) {
  const client = await server.store.clients.find(sample.clientId)
  assert.ok(client)
  t.after(() => server.store.clients.save(client))
  await server.store.clients.save({ ...client, refreshToken: { ...client.refreshToken, ...over } })
}

describe('SEC-119 an old token ends its family, whatever else is wrong with the request, and learns nothing by it', () => {
  const asking: Record<string, Record<string, string>> = {
    'another audience': { audience: 'other:api' },
    'no scope that it ever had': { scope: 'admin' },
    'an audience and a scope of nobody’s': { audience: 'unknown', scope: '' },
  }
  for (const [what, over] of Object.entries(asking))
    test(`asking for ${what}`, async () => {
      const first = await tokens()
      const second = await refreshed(url, first.refresh_token)
      const third = await refreshed(url, second.refresh_token)
      await refused(first.refresh_token, over)
      await refused(third.refresh_token)
    })

  test('after the leeway the token just replaced is an old one, too', async (t) => {
    await withRefreshToken(t, { leeway: 0 })
    const first = await tokens()
    const second = await refreshed(url, first.refresh_token)
    await refused(first.refresh_token, { audience: 'other:api' })
    await refused(second.refresh_token)
  })

  const happenings: Record<string, (t: Test) => Promise<unknown>> = {
    'the API is gone': async (t) => {
      t.after(() => server.store.resourceServers.save(anApi()))
      await server.store.resourceServers.delete(anApi().id)
    },
    'the API took offline access away': async (t) => {
      t.after(() => server.store.resourceServers.save(anApi()))
      await server.store.resourceServers.save(anApi({ allowOfflineAccess: false }))
    },
    'no connection of the user serves the client': async (t) => {
      const connection = await server.store.connections.findByName(sample.connection)
      assert.ok(connection)
      t.after(() => server.store.connections.save(connection))
      await server.store.connections.save(aConnection({ enabledClients: [] }))
    },
    'the family has been idle for too long': async (t) => {
      const days = 16 * 86_400_000
      server.clock.advance(days)
      t.after(() => server.clock.advance(-days))
    },
  }
  for (const [what, happens] of Object.entries(happenings))
    test(`when ${what}`, async (t) => {
      const first = await tokens()
      const second = await refreshed(url, first.refresh_token)
      const third = await refreshed(url, second.refresh_token)
      const families = await server.store.refreshFamilies.listForUser(sample.userId)
      const newest = families.at(-1)
      await happens(t)
      await refused(first.refresh_token)
      const family = await server.store.refreshFamilies.find(newest?.familyId ?? '')
      assert.notEqual(family?.revokedAt, undefined, 'the family lives')
      await refused(third.refresh_token)
    })

  test('an old token does not tell that its user is blocked; the newest one does (Auth0)', async (t) => {
    t.after(async () => {
      await server.store.users.update(aUser())
      browser = (await signIn(url)).browser
    })
    const first = await tokens()
    const second = await refreshed(url, first.refresh_token)
    const third = await refreshed(url, second.refresh_token)
    await server.store.users.update(aUser({ blocked: true }))
    await refused(first.refresh_token)
    assert.match(String((await refresh(url, third.refresh_token)).body.error_description), /user is blocked/)
  })

  test('and a client that is not the token’s cannot end anything', async () => {
    await addClient(server, { clientId: 'other-app', tokenEndpointAuthMethod: 'none' })
    const first = await tokens()
    const second = await refreshed(url, first.refresh_token)
    const third = await refreshed(url, second.refresh_token)
    await refused(first.refresh_token, { client_id: 'other-app' })
    assert.equal((await refresh(url, third.refresh_token)).status, 200)
  })
})

describe('SEC-119 a client that was switched between rotating and not', () => {
  test('does not take the token that was replaced while it rotated, not even within the leeway of then', async (t) => {
    const first = await tokens()
    const second = await refreshed(url, first.refresh_token)
    await withRefreshToken(t, { rotationType: 'non-rotating', leeway: 30 })
    await refused(first.refresh_token)
    await refused(second.refresh_token)
  })

  test('goes on with the newest token, there and back', async (t) => {
    await withRefreshToken(t, { rotationType: 'non-rotating', leeway: 0 })
    const { refresh_token } = await tokens()
    assert.equal((await refreshed(url, refresh_token)).refresh_token, undefined)
    await withRefreshToken(t, { rotationType: 'rotating', leeway: 0 })
    const next = await refreshed(url, refresh_token)
    await withRefreshToken(t, { rotationType: 'non-rotating', leeway: 0 })
    assert.equal((await refreshed(url, next.refresh_token)).refresh_token, undefined)
    await refused(refresh_token)
    await refused(next.refresh_token)
  })
})

describe('SEC-053 a spent code that comes back ends what it gave', () => {
  const asking: Record<string, Record<string, string>> = {
    'another callback': { redirect_uri: 'https://app.example/other' },
    'no callback': { redirect_uri: '' },
    'a wrong verifier': { code_verifier: 'x'.repeat(43) },
    'no verifier': { code_verifier: '' },
  }
  for (const [what, over] of Object.entries(asking))
    test(`of a client that has proven itself, also with ${what}`, async () => {
      await addClient(server)
      const credentials = { client_id: web.clientId, client_secret: web.secret }
      const answer = await signIn(url, { ...offlineOpaque, client_id: web.clientId }, browser)
      const { body } = await exchange(url, answer, credentials)
      assert.equal((await userinfo(url, String(body.access_token))).status, 200)
      assert.deepEqual((await exchange(url, answer, { ...credentials, ...over })).body, {
        error: 'invalid_grant',
        error_description: 'Invalid authorization code',
      })
      await refused(String(body.refresh_token), credentials)
      assert.equal((await userinfo(url, String(body.access_token))).status, 401)
    })

  test('but a stranger who only saw the code ends nothing: neither without the secret nor without the verifier', async () => {
    await addClient(server)
    const answer = await signIn(url, { ...offlineOpaque, client_id: web.clientId }, browser)
    const credentials = { client_id: web.clientId, client_secret: web.secret }
    const { body } = await exchange(url, answer, credentials)
    for (const client_secret of ['', 'a wrong one'])
      assert.equal((await exchange(url, answer, { client_id: web.clientId, client_secret })).status, 401)
    assert.equal((await refresh(url, String(body.refresh_token), credentials)).status, 200)

    const native = await signIn(url, offlineOpaque, browser)
    const mine = (await exchange(url, native)).body
    for (const code_verifier of ['', 'x'.repeat(43)])
      assert.deepEqual((await exchange(url, native, { code_verifier })).body, {
        error: 'invalid_grant',
        error_description: 'Invalid authorization code',
      })
    assert.equal((await userinfo(url, String(mine.access_token))).status, 200)
    const [event] = await logOf(server, 'feacft')
    assert.match(JSON.stringify(event?.details), /had no verifier/)
    assert.equal((await exchange(url, native, { redirect_uri: 'https://app.example/other' })).status, 400)
    assert.equal((await userinfo(url, String(mine.access_token))).status, 401, 'who has the verifier is the client')
  })
})
