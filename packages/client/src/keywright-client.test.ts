import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { AuthorizationServer } from '../testing/authorization-server.ts'
import { aSigningKey } from '../testing/signing-key.ts'
import { type Browser, memoryStorage } from './environment.ts'
import { KeywrightClient } from './keywright-client.ts'
import type { KeywrightClientOptions } from './login-options.ts'

const server = await AuthorizationServer.start()
after(() => server.stop())
const { browser, misbehave } = server

const redirectUri = 'com.myclientapp://myclientapp.com/callback'
const scope = 'openid profile offline_access appointments'
let now = 0

const aClient = (options: Partial<KeywrightClientOptions> = {}) =>
  new KeywrightClient({
    domain: server.origin,
    clientId: 'abc',
    redirectUri,
    scope,
    browser,
    now: () => now,
    ...options,
  })

beforeEach(() => {
  now = Date.now()
  server.now = () => now
  server.requests.length = 0
  for (const name of Object.keys(misbehave)) Reflect.deleteProperty(misbehave, name)
})

test('login: from nothing to a verified user and stored tokens', async () => {
  const client = aClient({ audience: 'appointments:api' })
  const { user, tokens, appState } = await client.login({ appState: { page: '/x' } })
  assert.equal(user?.sub, 'auth0|ada')
  assert.equal(user?.aud, 'abc')
  assert.equal(tokens.scope, scope)
  assert.equal(tokens.expiresAt, now + 3600_000)
  assert.deepEqual(appState, { page: '/x' })
  assert.deepEqual((await client.tokens())?.claims, user)
  assert.equal(await client.getAccessToken(), tokens.accessToken)
})

test('by default it asks for who the user is, and nothing of any API', async () => {
  const url = new URL(await aClient({ scope: undefined }).authorizationUrl())
  assert.equal(url.searchParams.get('scope'), 'openid profile email')
  assert.equal(url.searchParams.has('audience'), false)
})

test('a login for an API alone has no user, and that is fine', async () => {
  const { user, tokens } = await aClient().login({ scope: 'appointments contacts', audience: 'appointments:api' })
  assert.equal(user, undefined)
  assert.equal(tokens.idToken, undefined)
  assert.ok(tokens.accessToken)
})

test('two logins at once do not clash, whatever order they come back in', async () => {
  const client = aClient()
  const [first, second] = await Promise.all([
    client.authorizationUrl({ appState: 1, redirectUri: 'com.app:/one' }),
    client.authorizationUrl({ appState: 2, redirectUri: 'com.app:/two' }),
  ])
  const results = await Promise.all([
    client.handleCallback(await browser.open(second)),
    client.handleCallback(await browser.open(first)),
  ])
  assert.deepEqual([results[0].appState, results[1].appState], [2, 1])
})

test('the page that starts a login and the page that ends it may be two page loads', async () => {
  const storage = memoryStorage()
  const url = await aClient({ storage }).authorizationUrl()
  const { user } = await aClient({ storage }).handleCallback(await browser.open(url))
  assert.equal(user?.sub, 'auth0|ada')
})

test('a callback works once', async () => {
  const client = aClient()
  const callbackUrl = await browser.open(await client.authorizationUrl())
  const both = await Promise.allSettled([client.handleCallback(callbackUrl), client.handleCallback(callbackUrl)])
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  await assert.rejects(client.handleCallback(callbackUrl), { code: 'state_mismatch' })
  assert.equal(server.count('/oauth/token'), 1)
})

test('a callback that nobody asked for is refused before anything is sent (RFC 6749 §10.12)', async () => {
  const client = aClient()
  await client.authorizationUrl()
  const forged = `${redirectUri}?code=stolen&state=${'x'.repeat(43)}&iss=${server.issuer}`
  await assert.rejects(client.handleCallback(forged), { name: 'CallbackError', code: 'state_mismatch' })
  await assert.rejects(client.handleCallback(`${redirectUri}?code=stolen`), { code: 'state_mismatch' })
  assert.equal(server.count('/oauth/token'), 0)
})

test('login() takes only the answer to itself, and leaves the other login alone', async () => {
  const client = aClient()
  const other = await browser.open(await client.authorizationUrl())
  const confused = aClient({ browser: { open: async () => other } })
  await assert.rejects(confused.login(), { code: 'state_mismatch' })
  await client.handleCallback(other)
})

test('a callback from another server is refused before the code is sent (RFC 9207 §2.4)', async () => {
  misbehave.callback = (parameters) => ({ ...parameters, iss: 'https://evil.example/' })
  await assert.rejects(aClient().login(), { name: 'CallbackError', code: 'issuer_mismatch' })
  misbehave.callback = ({ code = '', state = '' }) => ({ code, state })
  await assert.rejects(aClient().login(), { name: 'CallbackError', code: 'issuer_mismatch' })
  assert.equal(server.count('/oauth/token'), 0)
  assert.ok((await aClient({ requireIssuer: false }).login()).user)
})

test('a refusal by the server is an AuthorizationError', async () => {
  misbehave.callback = ({ state = '', iss = '' }) => ({ error: 'access_denied', error_description: 'No', state, iss })
  await assert.rejects(aClient().login(), { name: 'AuthorizationError', code: 'access_denied', message: 'No' })
})

test('a closed browser leaves nothing behind', async () => {
  const kept = new Map<string, string>()
  const storage = {
    get: (key: string) => kept.get(key) ?? null,
    set: (key: string, value: string) => void kept.set(key, value),
    remove: (key: string) => void kept.delete(key),
  }
  const closed: Browser = { open: () => Promise.reject(new Error('closed by the user')) }
  await assert.rejects(aClient({ storage, browser: closed }).login(), /closed by the user/)
  assert.deepEqual([...kept.keys()], [])
})

test('storage keys fit every keychain', async () => {
  const keys = new Set<string>()
  const { get, set, remove } = memoryStorage()
  const storage = {
    get,
    remove,
    set: (key: string, value: string) => {
      keys.add(key)
      return set(key, value)
    },
  }
  await aClient({ storage, clientId: 'https://app.example/meta data' }).login()
  for (const key of keys) assert.match(key, /^[\w.-]+$/)
})

test('the ID token of another login is refused, and nothing is stored', async () => {
  const wrong = { nonce: 'other', aud: 'other', iss: 'https://evil.example/', exp: 1 }
  for (const [name, value] of Object.entries(wrong)) {
    misbehave.idToken = (claims) => ({ ...claims, [name]: value })
    const client = aClient()
    await assert.rejects(client.login(), { name: 'IdTokenError' }, name)
    assert.equal(await client.tokens(), undefined)
  }
})

test('openid without an ID token is refused', async () => {
  misbehave.token = (body) => ({ ...body, id_token: undefined })
  await assert.rejects(aClient().login(), { name: 'IdTokenError' })
})

test('max_age is sent and checked', async () => {
  await assert.rejects(aClient().login({ maxAge: 60 }), { message: /does not say when the user signed in/ })
  misbehave.idToken = (claims) => ({ ...claims, auth_time: now / 1000 - 100 })
  assert.ok(await aClient().login({ maxAge: 60 }))
  misbehave.idToken = (claims) => ({ ...claims, auth_time: now / 1000 - 130 })
  await assert.rejects(aClient().login({ maxAge: 60 }), { message: /too long ago/ })
})

test('keys that the server rotates in are found', async () => {
  const client = aClient()
  await client.login()
  const before = server.keys
  server.keys = [...before, await aSigningKey('key-2', 'RS256')]
  now += 31_000
  assert.ok((await client.login()).user)
  server.keys = before
})

test('what is missing from the configuration is said', async () => {
  await assert.rejects(aClient({ browser: undefined }).login(), { code: 'invalid_configuration' })
  await assert.rejects(aClient({ redirectUri: undefined }).authorizationUrl(), { code: 'invalid_configuration' })
})
