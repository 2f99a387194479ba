import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../../testing/browser.ts'
import { aConnection, anApi, aUser, hashOf, sample } from '../../../testing/builders.ts'
import { signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import {
  addClient,
  offline,
  offlineOpaque,
  refresh,
  refreshed,
  revoke,
  tokensOf,
  userinfo,
} from '../../../testing/tokens.ts'

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

describe('SEC-126 what ends a user’s tokens', () => {
  const events: Record<string, () => Promise<unknown>> = {
    'a change of password': async () => {
      const hash = await hashOf(sample.password)
      return server.store.users.setPasswordHash(sample.userId, hash, { samePassword: false, now: server.clock.now() })
    },
    blocking: () => server.store.users.update(aUser({ blocked: true })),
    deletion: () => server.store.users.delete(sample.userId),
  }
  for (const [what, happens] of Object.entries(events))
    test(what, async (t) => {
      t.after(async () => {
        await server.store.users.delete(sample.userId)
        await server.store.users.create(aUser(), await hashOf(sample.password))
        browser = (await signIn(url)).browser
      })
      const { refresh_token, access_token } = await tokens(offlineOpaque)
      await happens()
      const { status, body } = await refresh(url, refresh_token)
      assert.ok(status === 400 || status === 403)
      // The words that auth0-spa-js looks for before it signs out.
      if (what === 'blocking') assert.match(String(body.error_description), /user is blocked/)
      assert.equal((await userinfo(url, access_token)).status, 401)
      if (what === 'blocking') await server.store.users.update(aUser())
      await refused(refresh_token)
    })
})

describe('SEC-127 SEC-091 refresh stops at once', () => {
  test('when the consent is withdrawn', async () => {
    await addClient(server, { clientId: 'third', tokenEndpointAuthMethod: 'none', isFirstParty: false })
    await server.store.clientGrants.save({
      id: 'cgr_third',
      clientId: 'third',
      audience: sample.audience,
      scope: ['appointments'],
    })
    const { refresh_token } = await tokens({ ...offline, client_id: 'third' })
    await server.store.consents.revoke(sample.userId, 'third', sample.audience)
    await refused(refresh_token, { client_id: 'third' })
  })

  test('when the client is deleted', async () => {
    await addClient(server, { clientId: 'short-lived', tokenEndpointAuthMethod: 'none' })
    const { refresh_token } = await tokens({ ...offline, client_id: 'short-lived' })
    await server.store.clients.delete('short-lived')
    assert.equal((await refresh(url, refresh_token, { client_id: 'short-lived' })).status, 401)
    await addClient(server, { clientId: 'short-lived', tokenEndpointAuthMethod: 'none' })
    await refused(refresh_token, { client_id: 'short-lived' })
  })

  test('when the API is deleted', async () => {
    await server.store.resourceServers.save(anApi({ id: 'api_gone', identifier: 'gone:api' }))
    const { refresh_token } = await tokens({ ...offline, audience: 'gone:api' })
    await server.store.resourceServers.delete('api_gone')
    await refused(refresh_token)
  })

  test('when the API takes offline access away, and the scopes that it no longer declares are gone', async (t) => {
    t.after(() => server.store.resourceServers.save(anApi()))
    const { refresh_token } = await tokens()
    await server.store.resourceServers.save(anApi({ scopes: [{ value: 'contacts' }] }))
    const next = await refreshed(url, refresh_token)
    assert.equal(next.scope, 'openid profile offline_access')
    await server.store.resourceServers.save(anApi({ allowOfflineAccess: false }))
    await refused(next.refresh_token)
  })

  test('when the client loses the grant', async (t) => {
    const client = await server.store.clients.find(sample.clientId)
    assert.ok(client)
    t.after(() => server.store.clients.save(client))
    const { refresh_token } = await tokens()
    await server.store.clients.save({ ...client, grantTypes: ['authorization_code'] })
    assert.equal((await refresh(url, refresh_token)).body.error, 'unauthorized_client')
  })

  test('when no connection of the user serves the client any more', async (t) => {
    const connection = await server.store.connections.findByName(sample.connection)
    assert.ok(connection)
    t.after(() => server.store.connections.save(connection))
    const { refresh_token } = await tokens()
    await server.store.connections.save(aConnection({ enabledClients: [] }))
    await refused(refresh_token)
  })
})

test('SEC-128 a user has at most 200 live families at a client; the oldest goes first', async () => {
  await addClient(server, { clientId: 'many', tokenEndpointAuthMethod: 'none' })
  const families: string[] = []
  for (let i = 0; i < 201; i++) families.push((await tokens({ ...offlineOpaque, client_id: 'many' })).refresh_token)
  await refused(families[0] ?? '', { client_id: 'many' })
  for (const token of [families[1], families[200]])
    assert.equal((await refresh(url, token ?? '', { client_id: 'many' })).status, 200)
})

test('SEC-129 once a revocation is answered, nothing that was derived works, whatever raced with it', async () => {
  const dead = async (access_token: unknown, refresh_token: unknown) => {
    await refused(String(refresh_token))
    assert.equal((await userinfo(url, String(access_token))).status, 401)
  }
  for (let round = 0; round < 15; round++) {
    const first = await tokens(offlineOpaque)
    const second = await refreshed(url, first.refresh_token)
    for (const { access_token } of [first, second]) assert.equal((await userinfo(url, access_token)).status, 200)
    const again = () => Array.from({ length: round % 6 }, () => refresh(url, second.refresh_token))
    const [before, revoked, after] = await Promise.all([
      Promise.all(again()),
      revoke(url, second.refresh_token),
      Promise.all(again()),
    ])
    assert.equal(revoked.status, 200)
    for (const { access_token, refresh_token } of [first, second]) await dead(access_token, refresh_token)
    for (const { status, body } of [...before, ...after])
      if (status === 200) await dead(body.access_token, body.refresh_token)
  }
})
