import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { aUser, hashOf, sample } from '../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../testing/login.ts'
import { freshDatabase } from '../../testing/postgres.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import {
  addClient,
  addMachineRights,
  claimsOf,
  offline,
  offlineOpaque,
  post,
  refresh,
  refreshed,
  revoke,
  type TokenBody,
  tokensOf,
  userinfo,
  web,
} from '../../testing/tokens.ts'

const databases: Record<string, () => Promise<string>> = {
  SQLite: async () => 'sqlite::memory:',
  PostgreSQL: () => freshDatabase(),
}
const online = { ...offline, scope: 'openid profile appointments' }
const day = 86_400_000

for (const [name, database] of Object.entries(databases))
  describe(name, () => {
    let server: TestServer
    let url: string
    before(async () => {
      const KEYWRIGHT_SECRET = 'a secret for these tests, long enough to be one'
      server = await startServer({ environment: { KEYWRIGHT_DATABASE: await database(), KEYWRIGHT_SECRET } })
      url = server.url
    })
    after(() => {
      assert.deepEqual(server.errors, [])
      return server.stop()
    })
    const opens = async ({ access_token }: TokenBody) => (await userinfo(url, access_token)).status === 200
    const recreate = async () => {
      await server.store.users.delete(sample.userId)
      await server.store.users.create(aUser(), await hashOf(sample.password))
    }

    test('SEC-130 an access token is revoked, of either kind, and only that one (RFC 7009 §2.1)', async () => {
      for (const kind of [offlineOpaque, offline]) {
        const tokens = await tokensOf(server, kind)
        const next = await refreshed(url, tokens.refresh_token)
        const answer = await revoke(url, tokens.access_token, { token_type_hint: 'refresh_token' })
        assert.deepEqual([answer.status, await answer.text()], [200, ''])
        assert.equal(await opens(tokens), false)
        assert.equal(await opens(next), true, 'another token of the same grant')
        assert.equal((await refresh(url, next.refresh_token)).status, 200)
        assert.equal((await revoke(url, tokens.access_token)).status, 200, 'again')
      }
    })

    test('SEC-130 another client’s access token stays alive, whatever its kind', async () => {
      await addClient(server, { clientId: 'other-app', tokenEndpointAuthMethod: 'none' })
      for (const kind of [offlineOpaque, offline]) {
        const tokens = await tokensOf(server, kind)
        assert.equal((await revoke(url, tokens.access_token, { client_id: 'other-app' })).status, 200)
        assert.equal(await opens(tokens), true)
      }
    })

    test('SEC-130 a token that only an API reads cannot be revoked, and the client is told (RFC 7009 §2.2.1)', async () => {
      await addClient(server)
      await addMachineRights(server)
      const credentials = { client_id: web.clientId, client_secret: web.secret }
      const form = { grant_type: 'client_credentials', audience: sample.audience, ...credentials }
      const machine = (await (await post(`${url}/oauth/token`, form)).json()) as TokenBody
      const answer = await revoke(url, machine.access_token, credentials)
      assert.equal(answer.status, 400)
      assert.equal(((await answer.json()) as { error: string }).error, 'unsupported_token_type')
      assert.equal((await revoke(url, machine.access_token)).status, 200, 'nobody else’s business')
    })

    describe('SEC-129 SEC-126 a JWT opens /userinfo no longer than its grant lives', () => {
      const ends: Record<string, (tokens: TokenBody) => Promise<unknown>> = {
        'its refresh token was revoked': ({ refresh_token }) => revoke(url, refresh_token),
        'its refresh token was used twice': async ({ refresh_token }) => {
          const { refresh_token: next } = await refreshed(url, refresh_token)
          await refreshed(url, next)
          assert.equal((await refresh(url, refresh_token)).status, 400)
        },
        'the consent was withdrawn': () =>
          server.store.consents.revoke(sample.userId, sample.clientId, sample.audience),
        'the password was changed': async () => {
          const hash = await hashOf(sample.password)
          const now = server.clock.now()
          return server.store.users.setPasswordHash(sample.userId, hash, { samePassword: false, now })
        },
        'the user was blocked, for a while': async () => {
          await server.store.users.update(aUser({ blocked: true }))
          await server.store.users.update(aUser())
        },
        'the user was deleted and made again': recreate,
      }
      for (const [what, happens] of Object.entries(ends))
        test(what, async () => {
          const refreshable = await tokensOf(server, offline)
          const alone = await tokensOf(server, online)
          const older = await refreshed(url, (await tokensOf(server, offline)).refresh_token)
          await happens(refreshable)
          assert.equal(await opens(refreshable), false)
          const others = !what.startsWith('its')
          for (const tokens of [alone, older]) assert.equal(await opens(tokens), !others)
          assert.equal(await opens(await tokensOf(server, offline)), true, 'a new one is not touched')
        })

      test('its code was used twice', async () => {
        for (const kind of [offline, online]) {
          const answer = await signIn(url, kind)
          const { body } = await exchange(url, answer)
          assert.equal(await opens(body as unknown as TokenBody), true)
          assert.equal((await exchange(url, answer)).status, 400)
          assert.equal(await opens(body as unknown as TokenBody), false)
        }
      })

      test('a consent to one API is none of the other’s business', async () => {
        const [api, none] = [await tokensOf(server, online), await tokensOf(server, offlineOpaque)]
        await server.store.consents.revoke(sample.userId, sample.clientId, '')
        assert.deepEqual([await opens(api), await opens(none)], [true, false])
      })

      test('days later, without any refresh token, and after many sweeps', async (t) => {
        const api = await server.store.resourceServers.findByIdentifier(sample.audience)
        assert.ok(api)
        t.after(async () => {
          server.clock.advance(-22 * day)
          await server.store.resourceServers.save(api)
        })
        await server.store.resourceServers.save({ ...api, tokenLifetime: 30 * 86_400 })
        const tokens = await tokensOf(server, online)
        server.clock.advance(20 * day)
        await server.storage.sweep(server.clock.now())
        assert.equal(await opens(tokens), true)
        await server.store.users.update(aUser({ blocked: true }))
        await server.store.users.update(aUser())
        server.clock.advance(2 * day)
        await server.storage.sweep(server.clock.now())
        assert.equal(await opens(tokens), false)
      })
    })

    describe('SEC-127 nothing of a deleted client or API fits the one that is made under its name', () => {
      test('a client: codes, refresh tokens, access tokens of both kinds, a sign-in under way', async () => {
        const clientId = 'made-again'
        const make = () => addClient(server, { clientId, tokenEndpointAuthMethod: 'none' })
        const form = { client_id: clientId }
        await make()
        const { browser, ...waiting } = await signIn(url, form)
        const [opaque, jwt] = [
          await tokensOf(server, { ...offlineOpaque, ...form }),
          await tokensOf(server, { ...online, ...form }),
        ]
        assert.deepEqual([await opens(opaque), await opens(jwt)], [true, true])
        await server.store.clients.delete(clientId)
        assert.deepEqual([await opens(opaque), await opens(jwt)], [false, false])
        await make()
        assert.deepEqual([await opens(opaque), await opens(jwt)], [false, false])
        assert.equal((await refresh(url, opaque.refresh_token, form)).body.error, 'invalid_grant')
        assert.equal((await exchange(url, waiting, form)).body.error, 'invalid_grant')
        const fresh = await tokensOf(server, { ...offline, ...form }, browser)
        assert.match(String(claimsOf(fresh.access_token).jti), /^[\w-]{22}\.1\.0\.[\w-]{22}$/)
        assert.equal(await opens(await refreshed(url, fresh.refresh_token, form)), true)
        assert.equal(await opens(await tokensOf(server, { ...offlineOpaque, ...form })), true)
      })

      test('a sign-in under way ends: whoever agrees, agrees with the application that was shown', async () => {
        const clientId = 'replaced'
        const make = () => addClient(server, { clientId, tokenEndpointAuthMethod: 'none' })
        await make()
        const browser = aBrowser(url)
        const page = await browser.follow(await browser.get(authorizeUrl({ client_id: clientId })))
        await server.store.clients.delete(clientId)
        await make()
        const answer = await browser.submit(page, { username: sample.email, password: sample.password })
        assert.equal(parametersOf(await browser.follow(answer)).get('error'), 'access_denied')
      })

      test('an API: refresh tokens, the JWTs that open /userinfo as well, consents', async () => {
        const api = await server.store.resourceServers.findByIdentifier(sample.audience)
        assert.ok(api)
        const consent = { userId: sample.userId, clientId: sample.clientId, audience: sample.audience }
        await server.store.consents.add({ ...consent, scope: ['appointments'] }, server.clock.now())
        const tokens = await tokensOf(server, offline)
        await server.store.resourceServers.delete(api.id)
        assert.equal(await opens(tokens), false)
        await server.store.resourceServers.save(api)
        assert.equal(await opens(tokens), false)
        assert.equal((await refresh(url, tokens.refresh_token)).body.error, 'invalid_grant')
        assert.equal(await server.store.consents.find(sample.userId, sample.clientId, sample.audience), undefined)
        assert.equal(await opens(await refreshed(url, (await tokensOf(server, offline)).refresh_token)), true)
      })
    })
  })
