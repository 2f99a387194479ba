import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sample } from '../../testing/builders.ts'
import { exchange, signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { addClient, logOf, post, tokensOf, web } from '../../testing/tokens.ts'

const own = 'https://spa.example'

let server: TestServer
let url: string
before(async () => {
  server = await startServer()
  url = server.url
  await addClient(server, {
    clientId: 'spa',
    appType: 'spa',
    tokenEndpointAuthMethod: 'none',
    callbacks: ['https://callback.example/cb', 'https://app.example/callback'],
    webOrigins: [own],
    allowedOrigins: ['https://*.wild.example'],
  })
  await addClient(server, { callbacks: ['https://web.example/cb'] })
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const preflight = (path: string, origin: string, method = 'POST') =>
  fetch(url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'auth0-client,content-type',
    },
  })

const allowedOrigin = (response: Response) => response.headers.get('access-control-allow-origin')
const call = (origin: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  post(`${url}/oauth/token`, { grant_type: 'refresh_token', refresh_token: 'x', ...form }, { origin, ...headers })

const strangers = [
  'https://evil.example',
  'null',
  'https://spa.example.evil.example',
  'https://evilspa.example',
  'http://spa.example',
  'https://spa.example:8443',
  'https://spa.example/',
  'https://SPA.example',
  'https://a.b.wild.example',
  'https://wild.example',
  'com.otherapp://myclientapp.com',
  'file://',
  'x',
]

describe('preflight', () => {
  for (const path of ['/oauth/token', '/oauth/revoke', '/userinfo'])
    test(`${path}: the origins of any client of the tenant, with what browser SDKs send`, async () => {
      for (const origin of [own, 'https://callback.example', 'https://de.wild.example', 'https://web.example']) {
        const response = await preflight(path, origin)
        assert.equal(response.status, 204)
        assert.equal(allowedOrigin(response), origin)
        for (const name of ['content-type', 'authorization', 'auth0-client', 'dpop'])
          assert.ok(response.headers.get('access-control-allow-headers')?.split(', ').includes(name), name)
        assert.match(response.headers.get('access-control-allow-methods') ?? '', /\bGET, POST\b/)
        assert.equal(response.headers.get('access-control-allow-credentials'), null)
        assert.match(response.headers.get('vary') ?? '', /\borigin\b/i)
      }
    })

  for (const origin of strangers)
    test(`SEC-090 ${origin} is allowed nowhere`, async () => {
      for (const path of ['/oauth/token', '/oauth/revoke', '/userinfo'])
        assert.equal(allowedOrigin(await preflight(path, origin)), null)
    })
})

test('the web view of a native app sends the scheme of its own, which it may list', async () => {
  await addClient(server, { clientId: 'ionic', appType: 'native', allowedOrigins: ['capacitor://localhost'] })
  assert.equal(allowedOrigin(await preflight('/oauth/token', 'capacitor://localhost')), 'capacitor://localhost')
  assert.equal(allowedOrigin(await preflight('/oauth/token', 'capacitor://other')), null)
})

describe('SEC-090 on the real request the client’s own origins count', () => {
  test('an own one is told, without credentials, and may read the rate limit', async () => {
    for (const origin of [own, 'https://callback.example', 'https://de.wild.example']) {
      const response = await call(origin, { client_id: 'spa' })
      assert.equal(response.status, 400)
      assert.equal(allowedOrigin(response), origin, 'errors must be readable, too')
      assert.equal(response.headers.get('access-control-allow-credentials'), null)
      assert.match(response.headers.get('vary') ?? '', /\borigin\b/i)
      const exposed = response.headers.get('access-control-expose-headers') ?? ''
      for (const name of ['DPoP-Nonce', 'WWW-Authenticate', 'X-RateLimit-Remaining', 'Retry-After'])
        assert.ok(exposed.includes(name), name)
    }
  })

  for (const origin of [...strangers, 'https://web.example'])
    test(`${origin} is told nothing, and the log says fco`, async () => {
      const response = await call(origin, { client_id: 'spa' })
      assert.equal(allowedOrigin(response), null)
      assert.match(response.headers.get('vary') ?? '', /\borigin\b/i)
      const [event] = await logOf(server, 'fco')
      assert.equal(event?.clientId, 'spa')
    })

  test('a client that names itself in the header is held to its own, too', async () => {
    const authorization = `Basic ${Buffer.from(`${web.clientId}:${web.secret}`).toString('base64')}`
    assert.equal(allowedOrigin(await call('https://web.example', {}, { authorization })), 'https://web.example')
    assert.equal(allowedOrigin(await call(own, {}, { authorization })), null)
  })

  test('an unknown client has no origins', async () => {
    assert.equal(allowedOrigin(await call(own, { client_id: 'nobody' })), null)
  })

  test('a body that cannot be read is an error that a page of the tenant may read', async () => {
    const headers = { origin: own, 'content-type': 'application/json' }
    const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body: '{' })
    assert.equal(response.status, 400)
    assert.equal(allowedOrigin(response), own)
  })
})

test('a whole exchange from a page: the answer may be read there', async () => {
  const answer = await signIn(url, { client_id: 'spa' })
  const { status } = await exchange(url, answer, { client_id: 'spa' })
  assert.equal(status, 200)
  const { access_token } = await tokensOf(server, { client_id: 'spa' })
  const headers = { origin: own, authorization: `Bearer ${access_token}` }
  assert.equal(allowedOrigin(await fetch(`${url}/userinfo`, { headers })), own)
  const refused = await fetch(`${url}/userinfo`, { headers: { ...headers, authorization: 'Bearer x' } })
  assert.equal(refused.status, 401)
  assert.equal(allowedOrigin(refused), own)
})

test('public documents are for every page, the pages of the sign-in for none (SEC-011)', async () => {
  const origin = 'https://anybody.example'
  for (const name of ['openid-configuration', 'oauth-authorization-server', 'jwks.json', 'assetlinks.json']) {
    const path = `/.well-known/${name}`
    assert.equal(allowedOrigin(await fetch(url + path, { headers: { origin } })), '*', name)
    assert.equal(allowedOrigin(await preflight(path, origin, 'GET')), '*', name)
  }
  for (const path of [`/authorize?client_id=${sample.clientId}`, '/v2/logout', '/oidc/logout', '/mobile']) {
    const response = await fetch(url + path, { headers: { origin: own }, redirect: 'manual' })
    assert.equal(allowedOrigin(response), null, path)
    assert.equal(allowedOrigin(await preflight(path, own, 'GET')), null, path)
  }
})
