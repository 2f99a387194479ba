import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../testing/browser.ts'
import { aClient, anApi, sample } from '../../testing/builders.ts'
import { signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { claimsOf, headerOf, offline, refreshed, tokensOf } from '../../testing/tokens.ts'
import { ensureSigningKeys } from './signing-keys.ts'

let server: TestServer
let browser: TestBrowser
before(async () => {
  server = await startServer()
  browser = (await signIn(server.url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})
const tokens = (over: Record<string, string | undefined> = offline) => tokensOf(server, over, browser)
const seconds = () => Math.floor(server.clock.now() / 1000)

test('SEC-101 an access token in Auth0’s dialect', async () => {
  const { access_token } = await tokens()
  const { kid, ...header } = headerOf(access_token)
  assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' })
  assert.equal(typeof kid, 'string')
  const { iat, exp, jti, ...claims } = claimsOf(access_token)
  assert.deepEqual(claims, {
    iss: `${server.url}/`,
    sub: sample.userId,
    aud: [sample.audience, `${server.url}/userinfo`],
    azp: sample.clientId,
    scope: offline.scope,
  })
  assert.ok(Math.abs(Number(iat) - seconds()) <= 2)
  assert.equal(Number(exp) - Number(iat), 86_400)
  assert.match(String(jti), /^[\w-]{22}\.[\w-]{22}$/, 'its grant, and which token of it')
  assert.notEqual(claimsOf((await tokens()).access_token).jti, jti)
})

test('SEC-101 aud is a plain string unless the token opens /userinfo, too', async () => {
  const { access_token } = await tokens({ scope: 'appointments', audience: sample.audience })
  assert.equal(claimsOf(access_token).aud, sample.audience)
})

describe('the dialects of an API', () => {
  after(() => server.store.resourceServers.save(anApi()))

  test('RFC 9068: typ at+jwt, client_id instead of azp', async () => {
    await server.store.resourceServers.save(anApi({ tokenDialect: 'rfc9068_profile' }))
    const first = await tokens()
    for (const token of [first.access_token, (await refreshed(server.url, first.refresh_token)).access_token]) {
      assert.equal(headerOf(token).typ, 'at+jwt')
      const claims = claimsOf(token)
      assert.equal(claims.client_id, sample.clientId)
      for (const name of ['azp', 'gty', 'permissions']) assert.equal(claims[name], undefined, name)
    }
  })

  test('SEC-334 with RBAC on nobody has permissions, as long as there are no roles', async () => {
    for (const tokenDialect of ['access_token_authz', 'rfc9068_profile_authz'] as const) {
      await server.store.resourceServers.save(anApi({ tokenDialect, enforcePolicies: true }))
      const { access_token, scope } = await tokens()
      assert.deepEqual(claimsOf(access_token).permissions, [])
      assert.equal(scope, 'openid profile offline_access')
    }
  })
})

test('an ID token says who, for whom and in which session; no claim of the API', async () => {
  const { id_token } = await tokens({ ...offline, scope: `${offline.scope} email`, nonce: 'n' })
  const { iat, exp, sid, ...claims } = claimsOf(id_token)
  assert.deepEqual(claims, {
    iss: `${server.url}/`,
    sub: sample.userId,
    aud: sample.clientId,
    nonce: 'n',
    name: 'Ada Lovelace',
    nickname: 'ada',
    picture: `${server.url}/avatars/MzExIEFM.svg`,
    updated_at: '2026-01-01T00:00:00.000Z',
    email: sample.email,
    email_verified: true,
  })
  assert.equal(Number(exp) - Number(iat), 36_000)
  const sessions = await server.store.sessions.listForUser(sample.userId)
  assert.ok(sessions.some((session) => session.sid === sid))
  assert.ok(
    [...browser.cookies.values()].every((cookie) => cookie !== sid),
    'the cookie is another secret',
  )
})

test('auth_time is told when max_age was asked, and is the time of the sign-in', async () => {
  const signedInAt = seconds()
  const fresh = (await signIn(server.url)).browser
  server.clock.advance(100_000)
  const { id_token } = await tokensOf(server, { max_age: '1000' }, fresh)
  assert.ok(Math.abs(Number(claimsOf(id_token).auth_time) - signedInAt) <= 2)
  assert.equal(claimsOf((await tokens()).id_token).auth_time, undefined)
})

test('lifetimes are those of client and API, and expires_in is a number', async (t) => {
  t.after(async () => {
    await server.store.clients.save(aClient())
    await server.store.resourceServers.save(anApi())
  })
  await server.store.clients.save(aClient({ jwtConfiguration: { lifetimeInSeconds: 77, alg: 'RS256' } }))
  await server.store.resourceServers.save(anApi({ tokenLifetime: 55 }))
  const { id_token, access_token, expires_in } = await tokens()
  const life = (token: string) => Number(claimsOf(token).exp) - Number(claimsOf(token).iat)
  assert.deepEqual([life(id_token), life(access_token), expires_in], [77, 55, 55])
})

test('no openid, no ID token; no offline_access, no refresh token', async () => {
  const { id_token, refresh_token } = await tokens({ scope: 'profile appointments', audience: sample.audience })
  assert.deepEqual([id_token, refresh_token], [undefined, undefined])
})

test('keys that many ask for at once are made once', async () => {
  const { store, tenant } = server
  const ctx = { store, tenant, now: server.clock.now }
  await Promise.all(Array.from({ length: 10 }, () => ensureSigningKeys('ES256', ctx)))
  const keys = (await store.signingKeys.list()).filter((key) => key.algorithm === 'ES256')
  assert.deepEqual(keys.map((key) => key.status).sort(), ['current', 'next'])
})
