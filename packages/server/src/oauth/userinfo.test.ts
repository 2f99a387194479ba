import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import type { TestBrowser } from '../../testing/browser.ts'
import { anApi, aUser, sample } from '../../testing/builders.ts'
import { signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { addClient, claimsOf, offline, post, type TokenBody, tokensOf, userinfo } from '../../testing/tokens.ts'

let server: TestServer
let url: string
let browser: TestBrowser
let opaque: TokenBody
let jwt: TokenBody
before(async () => {
  server = await startServer()
  url = server.url
  browser = (await signIn(url)).browser
  opaque = await tokens({ scope: 'openid profile email' })
  jwt = await tokens(offline)
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const tokens = (over: Record<string, string | undefined>) => tokensOf(server, over, browser)
const claims = async (token: string) => (await (await userinfo(url, token)).json()) as Record<string, unknown>
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Auth0: plain text; the reason is in the header (RFC 6750 §3). */
async function refused(answer: Promise<Response>, status: number, error: string | undefined) {
  const response = await answer
  assert.equal(response.status, status)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
  assert.equal(response.headers.get('cache-control'), 'no-store')
  const challenge = response.headers.get('www-authenticate') ?? ''
  assert.match(challenge, /^Bearer realm="Users"/)
  assert.equal(/error="(\w+)"/.exec(challenge)?.[1], error)
  assert.equal(await response.text(), { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden' }[status])
}

test('SEC-115 sub is the ID token’s, and each scope opens its claims', async () => {
  const { sub, picture, ...rest } = await claims(opaque.access_token)
  assert.equal(sub, claimsOf(opaque.id_token).sub)
  assert.equal(picture, `${server.url}/avatars/MzExIEFM.svg`)
  assert.deepEqual(rest, {
    name: 'Ada Lovelace',
    nickname: 'ada',
    updated_at: '2026-01-01T00:00:00.000Z',
    email: sample.email,
    email_verified: true,
  })
  assert.deepEqual(await claims((await tokens({ scope: 'openid' })).access_token), { sub: sample.userId })
})

test('what the ID token says of the user, /userinfo says, too', async () => {
  const id = claimsOf(opaque.id_token)
  for (const [name, value] of Object.entries(await claims(opaque.access_token))) assert.deepEqual(id[name], value)
})

test('a client that wants the standard’s claims gets updated_at as a number (Core §5.1)', async () => {
  await addClient(server, { clientId: 'standard', tokenEndpointAuthMethod: 'none', standardClaims: true })
  const { access_token, id_token } = await tokens({ client_id: 'standard' })
  assert.equal((await claims(access_token)).updated_at, Date.UTC(2026, 0, 1) / 1000)
  assert.equal(claimsOf(id_token).updated_at, Date.UTC(2026, 0, 1) / 1000)
})

test('SEC-115 by header, form and (passport-auth0) query; the JWT of an API, if it says so', async () => {
  for (const { access_token } of [opaque, jwt]) {
    const ways = [
      fetch(`${url}/userinfo`, { headers: bearer(access_token) }),
      fetch(`${url}/userinfo`, { method: 'POST', headers: bearer(access_token) }),
      fetch(`${url}/userinfo`, { headers: { authorization: `bearer ${access_token}` } }),
      post(`${url}/userinfo`, { access_token }),
      fetch(`${url}/userinfo?access_token=${access_token}`),
    ]
    for (const response of await Promise.all(ways)) {
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
      assert.equal(response.headers.get('cache-control'), 'no-store')
    }
  }
})

test('SEC-115 two ways at once are 400, even with the same token', async () => {
  const token = opaque.access_token
  await refused(fetch(`${url}/userinfo?access_token=${token}`, { headers: bearer(token) }), 400, 'invalid_request')
  await refused(post(`${url}/userinfo`, { access_token: token }, bearer(token)), 400, 'invalid_request')
  await refused(post(`${url}/userinfo?access_token=${token}`, { access_token: token }), 400, 'invalid_request')
  await refused(fetch(`${url}/userinfo?access_token=${token}&access_token=${token}`), 400, 'invalid_request')
})

describe('SEC-116 the challenge says why', () => {
  test('nothing sent: no error code (RFC 6750 §3.1)', async () => {
    await refused(fetch(`${url}/userinfo`), 401, undefined)
    await refused(fetch(`${url}/userinfo`, { headers: { authorization: 'Basic YTpi' } }), 401, undefined)
  })

  test('a token without openid: 403 insufficient_scope', async () => {
    const { access_token } = await tokens({ scope: 'profile' })
    await refused(userinfo(url, access_token), 403, 'insufficient_scope')
  })

  test('an expired one: 401 invalid_token', async (t) => {
    t.after(async () => {
      server.clock.advance(-86_401_000)
    })
    server.clock.advance(86_401_000)
    await refused(userinfo(url, opaque.access_token), 401, 'invalid_token')
    await refused(userinfo(url, jwt.access_token), 401, 'invalid_token')
  })
})

test('SEC-103 an opaque token is 256 random bits and must be sent whole', async () => {
  const token = opaque.access_token
  assert.match(token, /^[\w-]{43}$/)
  const swapped = token.replace(/[a-z]/gi, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))
  const hex = Buffer.from(token, 'base64url').toString('hex')
  const base64 = Buffer.from(token, 'base64url').toString('base64')
  for (const wrong of [token.slice(1), token.slice(0, -1), `${token}A`, `A${token}`, swapped, hex, base64, `${token}=`])
    await refused(userinfo(url, wrong), 401, 'invalid_token')
  const all = new Set<string>()
  for (let i = 0; i < 20; i++) all.add((await tokens({ scope: 'openid' })).access_token)
  assert.equal(all.size, 20)
})

describe('SEC-100 other tokens open nothing', () => {
  test('ID tokens, refresh tokens, and the token of an API that does not say /userinfo', async () => {
    await server.store.resourceServers.save(anApi())
    const plain = await tokens({ scope: 'profile appointments', audience: sample.audience })
    assert.equal(claimsOf(plain.access_token).aud, sample.audience)
    for (const token of [opaque.id_token, jwt.id_token, jwt.refresh_token, plain.access_token])
      await refused(userinfo(url, token), 401, 'invalid_token')
  })
})

describe('SEC-096 SEC-097 SEC-098 SEC-099 a token whose header was changed', () => {
  const forged: Record<string, object> = {
    none: { alg: 'none' },
    None: { alg: 'None' },
    'an empty algorithm': { alg: '' },
    'no algorithm': {},
    HS256: { alg: 'HS256' },
    'an algorithm that another key has': { alg: 'ES256' },
    'a key of its own': { alg: 'RS256', jwk: { kty: 'oct', k: 'AA' } },
    'the address of a key': { alg: 'RS256', jku: 'http://127.0.0.1:9/jwks' },
    'an unknown critical member': { alg: 'RS256', crit: ['x'], x: 1 },
    'a path as kid': { alg: 'RS256', kid: '../../../dev/null' },
    'SQL as kid': { alg: 'RS256', kid: "' OR 1=1 --" },
  }
  for (const [what, header] of Object.entries(forged))
    test(what, async () => {
      const [old = '', body = '', signature = ''] = jwt.access_token.split('.')
      const { kid } = JSON.parse(Buffer.from(old, 'base64url').toString()) as { kid: string }
      const changed = Buffer.from(JSON.stringify({ typ: 'JWT', kid, ...header })).toString('base64url')
      for (const tail of [signature, ''])
        await refused(userinfo(url, `${changed}.${body}.${tail}`), 401, 'invalid_token')
    })

  test('or its payload, or its signature', async () => {
    const [header = '', body = '', signature = ''] = jwt.access_token.split('.')
    const claims = { ...claimsOf(jwt.access_token), sub: 'auth0|somebody' }
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url')
    await refused(userinfo(url, `${header}.${changed}.${signature}`), 401, 'invalid_token')
    await refused(userinfo(url, `${header}.${body}.${signature.slice(4)}AAAA`), 401, 'invalid_token')
    await refused(userinfo(url, `${header}.${body}`), 401, 'invalid_token')
  })
})

test('requests are counted for each user, and 429 is JSON', async (t) => {
  t.after(() => {
    server.clock.advance(60_000)
    return server.store.settings.update(defaultTenantSettings)
  })
  const rateLimits = { userinfo: { burst: 2, perMinute: 5 } }
  await server.store.settings.update({ ...defaultTenantSettings, rateLimits })
  server.clock.advance(60_000)
  assert.equal((await userinfo(url, opaque.access_token)).headers.get('x-ratelimit-remaining'), '1')
  assert.equal((await userinfo(url, jwt.access_token)).headers.get('x-ratelimit-remaining'), '0')
  const { status, headers } = await userinfo(url, opaque.access_token)
  assert.equal(status, 429)
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  await refused(userinfo(url, 'unknown'), 401, 'invalid_token')
})

test('SEC-334 a blocked user, a deleted one and a deleted client tell nothing more, by either token', async (t) => {
  await addClient(server, { clientId: 'gone', tokenEndpointAuthMethod: 'none' })
  const ofGone = [await tokens({ client_id: 'gone' }), await tokens({ ...offline, client_id: 'gone' })]
  await server.store.clients.delete('gone')
  for (const { access_token } of ofGone) await refused(userinfo(url, access_token), 401, 'invalid_token')
  t.after(() => server.store.users.create(aUser()))
  await server.store.users.update(aUser({ blocked: true }))
  for (const { access_token } of [opaque, jwt]) await refused(userinfo(url, access_token), 401, 'invalid_token')
  await server.store.users.delete(sample.userId)
  await refused(userinfo(url, jwt.access_token), 401, 'invalid_token')
})
