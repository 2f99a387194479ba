import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { LogEvent } from '#logs/log-event.ts'
import type { Store } from '#storage/store.ts'
import type { Tenant } from '#tenants/tenant.ts'
import { publishedKeys, rotateSigningKeys } from '#tokens/signing-keys.ts'
import { aClient, aConnection, anApi, sample, seedSample } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { aTenant } from '../../testing/storages.ts'

/** One that is no developer's own: what helps them is not done for strangers. */
let tenant: Tenant
let store: Store
let server: TestServer
before(async () => {
  server = await startServer()
  tenant = { ...aTenant(), domain: 'id.example', issuer: 'https://id.example/' }
  await server.storage.tenants.create(tenant)
  store = server.storage.tenants.storeFor(tenant)
  await seedSample(store, tenant, server.url)
  await store.clients.save(aClient({ clientId: 'spa', appType: 'spa', allowedOrigins: ['https://*.wild.example'] }))
  await rotateSigningKeys('RS256', { store, tenant, now: server.storage.now })
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

interface Ask {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

function ask({ method = 'GET', path, headers, body }: Ask): Promise<{ status: number; allowed?: string }> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { host: tenant.domain, ...headers } }
    request(server.url + path, options, (response) => {
      const allowed = response.headers['access-control-allow-origin']
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, ...(allowed && { allowed }) }))
    })
      .on('error', reject)
      .end(body)
  })
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const madeUpToken = [{ alg: 'RS256', kid: 'made-up' }, { iss: 'https://id.example/', exp: 9_999_999_999 }, 'signature']
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')
const authorize = (over: Record<string, string>) =>
  `/authorize?${new URLSearchParams({ response_type: 'code', ...over })}`
const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }

/** Everything that needs neither a secret nor a user. */
const questions: Record<string, Ask & { status: number; allowed?: string }> = {
  'a preflight of an origin that nobody lists': {
    method: 'OPTIONS',
    path: '/oauth/token',
    headers: { origin: 'https://made-up.example' },
    status: 204,
  },
  'a preflight of one that somebody lists': {
    method: 'OPTIONS',
    path: '/oauth/token',
    headers: { origin: 'https://app.example' },
    status: 204,
    allowed: 'https://app.example',
  },
  'a preflight of one below a wildcard': {
    method: 'OPTIONS',
    path: '/userinfo',
    headers: { origin: 'https://made-up.wild.example' },
    status: 204,
    allowed: 'https://made-up.wild.example',
  },
  'userinfo with an origin': { path: '/userinfo', headers: { origin: 'https://made-up.example' }, status: 401 },
  'userinfo with a made-up JWT': {
    path: '/userinfo',
    headers: { authorization: `Bearer ${madeUpToken}` },
    status: 401,
  },
  'userinfo with a made-up opaque token': {
    path: '/userinfo',
    headers: { authorization: `Bearer ${'x'.repeat(43)}` },
    status: 401,
  },
  'a wrong callback': {
    path: authorize({ client_id: sample.clientId, redirect_uri: 'https://made-up.example/' }),
    status: 403,
  },
  'an unknown client': { path: authorize({ client_id: 'made-up' }), status: 400 },
  'a sign-in page': {
    path: authorize({ client_id: sample.clientId, redirect_uri: sample.customScheme, scope: 'openid', ...challenge }),
    status: 302,
  },
  'an unknown audience': {
    path: authorize({
      client_id: sample.clientId,
      redirect_uri: sample.customScheme,
      audience: 'made-up',
      ...challenge,
    }),
    status: 302,
  },
  'a made-up code': {
    method: 'POST',
    path: '/oauth/token',
    headers: form,
    status: 400,
    body: `grant_type=authorization_code&client_id=${sample.clientId}&code=${'x'.repeat(43)}&redirect_uri=${encodeURIComponent(sample.customScheme)}&code_verifier=${'x'.repeat(43)}`,
  },
  'a made-up refresh token, of an unknown client, from an origin': {
    method: 'POST',
    path: '/oauth/token',
    headers: { ...form, origin: 'https://made-up.example' },
    status: 401,
    body: 'grant_type=refresh_token&client_id=made-up&refresh_token=x',
  },
  'a token to revoke': {
    method: 'POST',
    path: '/oauth/revoke',
    headers: form,
    status: 200,
    body: `client_id=${sample.clientId}&token=made-up`,
  },
  'a made-up hint at the logout': { path: `/oidc/logout?id_token_hint=${madeUpToken}`, status: 400 },
  'a wrong address after the logout': { path: '/v2/logout?returnTo=https://made-up.example', status: 400 },
  'the keys': { path: '/.well-known/jwks.json', status: 200, allowed: '*' },
  'the discovery document': { path: '/.well-known/openid-configuration', status: 200, allowed: '*' },
  'the apps of iOS': { path: '/.well-known/apple-app-site-association', status: 200, allowed: '*' },
  'the apps of Android': { path: '/.well-known/assetlinks.json', status: 200, allowed: '*' },
  'an unknown host': { path: '/.well-known/jwks.json', headers: { host: 'made-up.example' }, status: 404 },
}

describe('nothing a stranger asks makes us read what a tenant has many of', () => {
  before(() => {
    const refuse = (what: string) => async () => assert.fail(`${what} was read`)
    store.clients.list = refuse('every client')
    store.resourceServers.list = refuse('every API')
    store.clientGrants.list = refuse('every grant of a client')
    store.connections.list = refuse('every connection')
    store.users.list = refuse('every user')
  })
  for (const [name, { status, allowed, ...question }] of Object.entries(questions))
    test(name, async () => assert.deepEqual(await ask(question), { status, ...(allowed && { allowed }) }))
})

test('a key is looked for by its name, and the JWKS is one document, however often the keys were rotated', async () => {
  const ctx = { store, tenant, now: server.storage.now }
  for (let count = 0; count < 3; count++) await rotateSigningKeys('ES256', ctx)
  const keys = await publishedKeys(ctx)
  assert.ok(keys.filter((key) => key.status === 'previous').length >= 4)
  assert.equal(await publishedKeys(ctx), keys, 'the same array')
  server.clock.advance(31 * 86_400_000)
  const later = await publishedKeys(ctx)
  assert.deepEqual(new Set(later.map((key) => key.status)), new Set(['current', 'next']))
  assert.equal(await publishedKeys(ctx), later)
})

test('a document of apps is one for as long as no client changes', async () => {
  const apps = await store.clients.listApps()
  assert.equal(await store.clients.listApps(), apps)
  const android = { appPackageName: 'com.example', sha256CertFingerprints: ['AA'] }
  await store.clients.save(aClient({ clientId: 'app', mobile: { android } }))
  assert.deepEqual(await store.clients.listApps(), [{ android }])
})

test('a connection of very many clients serves those and no other, at once after a change', async () => {
  const enabledClients = Array.from({ length: 1000 }, (_, index) => `client ${index}`)
  await store.connections.save(aConnection({ id: 'con_many', name: 'Many', enabledClients }))
  const names = async (clientId: string) => (await store.connections.listFor(clientId)).map(({ name }) => name)
  assert.deepEqual(await names('client 999'), ['Many'])
  assert.deepEqual(await names('client 1000'), [])
  await store.connections.save(aConnection({ id: 'con_many', name: 'Many', enabledClients: ['client 1000'] }))
  assert.deepEqual([await names('client 999'), await names('client 1000')], [[], ['Many']])
})

test('the redirect doctor looks at a hundred other clients for a developer, and at none for a stranger', async () => {
  const other = { clientId: 'other', callbacks: ['https://other.example/cb'], appType: 'spa' as const }
  for (const room of [store, server.store]) await room.clients.save(aClient(other))
  const question = authorize({ client_id: sample.clientId, redirect_uri: 'https://other.example/cb' })
  const found = async (room: Store) => {
    await room.logs.flush()
    const [event] = (await room.logs.list({ limit: 10, type: 'f' })) as [LogEvent | undefined]
    const { diagnosis } = (event?.details?.asked ?? {}) as { diagnosis?: { otherClient?: { clientId: string } } }
    return diagnosis?.otherClient?.clientId
  }
  assert.equal((await ask({ path: question })).status, 403)
  assert.equal(await found(store), undefined)
  assert.equal((await fetch(server.url + question)).status, 403)
  assert.equal(await found(server.store), 'other')
})

test('a missing API or a connection is not remembered as missing', async () => {
  assert.equal(await store.resourceServers.findByIdentifier('https://later.example'), undefined)
  await store.resourceServers.save(anApi({ id: 'later', identifier: 'https://later.example' }))
  assert.ok(await store.resourceServers.findByIdentifier('https://later.example'))
})
