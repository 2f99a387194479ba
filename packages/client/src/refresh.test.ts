import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { AuthorizationServer } from '../testing/authorization-server.ts'
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

test('an access token is used until half a minute before its end, then refreshed', async () => {
  const client = aClient()
  const { tokens } = await client.login()
  now += 3569_000
  assert.equal(await client.getAccessToken(), tokens.accessToken)
  assert.notEqual(await client.getAccessToken({ minimumSeconds: 60 }), tokens.accessToken)
  assert.equal(server.count('/oauth/token'), 2)
})

test('callers that come together share one refresh, over two clients on one storage', async () => {
  const storage = memoryStorage()
  const [client, twin] = [aClient({ storage }), aClient({ storage })]
  await client.login()
  const shared = await Promise.all([client.refresh(), client.refresh(), twin.refresh(), twin.refresh()])
  assert.equal(server.count('/oauth/token'), 2)
  assert.equal(new Set(shared.map(({ accessToken }) => accessToken)).size, 1)
  assert.ok(await client.refresh(), 'the next refresh uses the new refresh token')
})

test('a caller that looked before a refresh and asks after it does not refresh again', async () => {
  const { get, set, remove } = memoryStorage()
  const held: (() => void)[] = []
  let isHolding = false
  const storage = {
    set,
    remove,
    async get(key: string) {
      const value = await get(key)
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve))
      return value
    },
  }
  const client = aClient({ storage })
  await client.login()
  now += 3600_000
  isHolding = true
  const slow = client.getAccessToken()
  while (held.length === 0) await Promise.resolve()
  isHolding = false
  const { accessToken } = await client.refresh()
  for (const release of held) release()
  assert.equal(await slow, accessToken)
  assert.equal(server.count('/oauth/token'), 2)
})

test('a storage that holds rubbish is a storage that holds nothing', async () => {
  for (const rubbish of ['', '{', 'null', '[]', '{}', '{"accessToken":1}', '{"accessToken":"a"}', '"x"']) {
    const kept = new Map<string, string>()
    const storage = {
      get: (key: string) => (key.includes('.request.') ? kept.get(key) : rubbish),
      set: (key: string, value: string) => void kept.set(key, value),
      remove: (key: string) => void kept.delete(key),
    }
    const client = aClient({ storage })
    await assert.rejects(client.getAccessToken(), { code: 'login_required' })
    assert.ok((await client.login()).user)
    await client.logout()
  }
})

test('two tabs, which share nothing but what is stored, take turns through Web Locks', async () => {
  assert.ok(navigator.locks)
  const { get, set, remove } = memoryStorage()
  const tab = () => aClient({ storage: { get, set, remove } })
  await tab().login()
  const both = await Promise.all([tab().refresh(), tab().refresh()])
  assert.equal(both[0].accessToken, both[1].accessToken)
  assert.equal(server.count('/oauth/token'), 2)
})

test('a refresh replaces the refresh token when a new one comes, and keeps it otherwise', async () => {
  const client = aClient()
  const first = (await client.login()).tokens
  const second = await client.refresh()
  assert.notEqual(second.refreshToken, first.refreshToken)
  misbehave.token = (body) => ({ ...body, refresh_token: undefined, id_token: undefined, scope: undefined })
  const third = await client.refresh()
  assert.equal(third.refreshToken, second.refreshToken)
  assert.equal(third.claims?.sub, 'auth0|ada')
  assert.equal(third.scope, scope)
  assert.deepEqual(await client.tokens(), JSON.parse(JSON.stringify(third)))
})

test('a refreshed ID token must be for the same user (OpenID Connect Core §12.2)', async () => {
  const client = aClient()
  await client.login()
  misbehave.idToken = (claims) => ({ ...claims, sub: 'auth0|eve' })
  await assert.rejects(client.refresh(), { name: 'IdTokenError', message: /another user/ })
  assert.equal((await client.tokens())?.claims?.sub, 'auth0|ada')
})

test('a refresh token that the server does not know any more signs the user out', async () => {
  const client = aClient()
  await client.login()
  misbehave.request = (request, response) => {
    if (request.url !== '/oauth/token') return false
    request.resume()
    response.writeHead(403).end(JSON.stringify({ error: 'invalid_grant' }))
    return true
  }
  await assert.rejects(client.refresh(), { name: 'LoginRequiredError', code: 'login_required' })
  assert.equal(await client.tokens(), undefined)
  await assert.rejects(client.getAccessToken(), { code: 'login_required' })
})

test('an answer lost on its way is asked for again at once, and the user stays signed in', async () => {
  const client = aClient()
  await client.login()
  let lost = 0
  misbehave.request = (request) => {
    if (request.url !== '/oauth/token' || lost > 0) return false
    lost += 1
    request.socket.destroy()
    return true
  }
  assert.ok(await client.refresh())
  assert.equal(lost, 1)
})

test('a server that is down, or refuses for another reason, does not sign the user out', async () => {
  const client = aClient()
  await client.login()
  misbehave.request = (request) => Boolean(request.socket.destroy())
  await assert.rejects(client.refresh(), { name: 'NetworkError' })
  misbehave.request = (_, response) => Boolean(response.writeHead(403).end('{"error":"mfa_required"}'))
  await assert.rejects(client.refresh(), { name: 'TokenError', code: 'mfa_required' })
  misbehave.request = undefined
  assert.ok(await client.refresh())
})

test('tokens of a new login are not overwritten by a refresh that was under way', async () => {
  const client = aClient()
  await client.login()
  const refreshing = client.refresh()
  const { tokens } = await client.login()
  await refreshing
  assert.equal((await client.tokens())?.refreshToken, tokens.refreshToken)
})

test('without a login there is no token, no user, and nothing is asked of the server', async () => {
  const client = aClient()
  await assert.rejects(client.getAccessToken(), { name: 'LoginRequiredError', code: 'login_required' })
  await assert.rejects(client.user(), { code: 'login_required' })
  assert.deepEqual(server.requests, [])
})

test('user() describes who signed in, and nobody else (OpenID Connect Core §5.3.2)', async () => {
  const client = aClient()
  await client.login()
  assert.equal((await client.user()).email, 'ada@example.com')
  misbehave.userinfo = (body) => ({ ...body, sub: 'auth0|eve' })
  await assert.rejects(client.user(), { code: 'invalid_response' })
})

test('logout forgets, revokes, and names the session to end', async () => {
  const client = aClient()
  const { tokens } = await client.login()
  const url = new URL(await client.logout())
  assert.equal(url.pathname, '/oidc/logout')
  assert.equal(url.searchParams.get('id_token_hint'), tokens.idToken)
  assert.equal(server.requests.at(-1)?.form.token, tokens.refreshToken)
  assert.equal(await client.tokens(), undefined)
})

test('after a refresh, logout still hints at the ID token of the login, which names the session', async () => {
  const client = aClient()
  const { tokens } = await client.login()
  assert.notEqual((await client.refresh()).idToken, tokens.idToken)
  assert.equal(new URL(await client.logout()).searchParams.get('id_token_hint'), tokens.idToken)
})

test('logout sends the browser only where it can come back from', async () => {
  const visited: string[] = []
  const noting: Browser = {
    open: async (url) => {
      visited.push(url)
      return browser.open(url)
    },
  }
  const client = aClient({ browser: noting })
  await client.login()
  await client.logout()
  assert.equal(visited.length, 1)
  const url = await client.logout({ returnTo: 'com.app:/bye', endpoint: 'v2' })
  assert.equal(visited[1], url)
})

test('logout waits for a refresh under way, whose tokens would come back to life', async () => {
  const client = aClient()
  await client.login()
  const refreshing = client.refresh()
  await client.logout()
  const { refreshToken } = await refreshing
  assert.equal(await client.tokens(), undefined)
  assert.equal(server.requests.at(-1)?.form.token, refreshToken)
})

test('logout forgets even when the server cannot be told', async () => {
  const client = aClient()
  await client.login()
  misbehave.request = (request) => Boolean(request.socket.destroy())
  await assert.rejects(client.logout(), { name: 'NetworkError' })
  assert.equal(await client.tokens(), undefined)
})
