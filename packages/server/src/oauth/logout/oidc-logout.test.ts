import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import { rotateSigningKeys } from '#tokens/signing-keys.ts'
import { aBrowser, type TestBrowser } from '../../../testing/browser.ts'
import { anApi, sample } from '../../../testing/builders.ts'
import { authorizeUrl, postToken, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import {
  addClient,
  claimsOf,
  offline,
  refreshed,
  revoke,
  type TokenBody,
  tokensOf,
  web,
} from '../../../testing/tokens.ts'

let server: TestServer
let browser: TestBrowser
let tokens: TokenBody
before(async () => {
  server = await startServer()
  browser = aBrowser(server.url)
  await addClient(server, { allowedLogoutUrls: ['https://web.example/out?a=1'] })
  await server.store.settings.update({ ...defaultTenantSettings, allowedLogoutUrls: ['https://tenant.example/'] })
})
beforeEach(async () => {
  if (!(await isSignedIn())) browser = (await signIn(server.url)).browser
  tokens = await tokensOf(server, offline, browser)
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const bye = 'https://app.example/bye'
const logout = (query: Record<string, string> = {}) => browser.get(`/oidc/logout?${new URLSearchParams(query)}`)

async function isSignedIn(): Promise<boolean> {
  const { location } = await browser.get(authorizeUrl({ prompt: 'none' }))
  return new URL(location ?? '').searchParams.has('code')
}

async function refused(query: Record<string, string>) {
  const answer = await logout(query)
  assert.equal(answer.status, 400)
  assert.equal(answer.location, undefined)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(await isSignedIn(), true)
}

describe('who names this very session need not be asked', () => {
  test('by id_token_hint, GET', async () => {
    const query = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'a b&c=d' }
    const { status, location } = await logout(query)
    assert.deepEqual({ status, location }, { status: 302, location: `${bye}?state=a%20b%26c%3Dd` })
    assert.equal(await isSignedIn(), false)
  })

  test('by id_token_hint, POST', async () => {
    const answer = await browser.post('/oidc/logout', { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye })
    assert.deepEqual({ status: answer.status, location: answer.location }, { status: 302, location: bye })
    assert.equal(await isSignedIn(), false)
  })

  test('by the ID token of a refresh, which is of the same session', async () => {
    const { id_token } = await refreshed(server.url, tokens.refresh_token)
    assert.equal((await logout({ id_token_hint: id_token, post_logout_redirect_uri: bye })).location, bye)
    assert.equal(await isSignedIn(), false)
  })

  test('SEC-312 by a hint whose key has left the JWKS; if its key was revoked, the user is asked', async (t) => {
    const wait = 26 * 3_600_000
    await rotateSigningKeys('RS256', { ...server, now: server.clock.now })
    server.clock.advance(wait)
    t.after(() => server.clock.advance(-wait))
    const old = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye }
    assert.equal((await logout(old)).location, bye)
    browser = (await signIn(server.url)).browser
    const { kid } = JSON.parse(Buffer.from(tokens.id_token.split('.')[0] ?? '', 'base64url').toString()) as {
      kid: string
    }
    await server.store.signingKeys.revoke(kid, server.clock.now())
    const page = await logout(old)
    assert.equal(page.status, 200)
    assert.equal(await isSignedIn(), true)
    const hinted = await browser.get(authorizeUrl({ prompt: 'none', id_token_hint: tokens.id_token }))
    assert.match(hinted.location ?? '', /error=login_required/)
    assert.match((await browser.get(authorizeUrl({ id_token_hint: tokens.id_token }))).location ?? '', /\/u\/account/)
    assert.equal((await browser.submit(page, {}, 'accept')).location, bye)
  })

  test('SEC-312 an expired hint is as good (RP-Initiated Logout §2)', async (t) => {
    t.after(() => server.clock.advance(-37_000_000))
    server.clock.advance(37_000_000)
    assert.equal((await logout({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye })).location, bye)
  })
})

test('without an address: after a hint our own page, with client_id alone the first that Auth0 would take', async () => {
  const page = await logout({ id_token_hint: tokens.id_token })
  assert.deepEqual([page.status, page.location], [200, undefined])
  assert.equal(await isSignedIn(), false)
  assert.equal((await logout({ client_id: sample.clientId })).location, bye)
  assert.equal((await logout({ client_id: sample.clientId, id_token_hint: tokens.id_token })).status, 200)
})

test('no organization is ignored at a logout or a revocation either', async () => {
  const refused = await logout({ id_token_hint: tokens.id_token, organization: 'org_1' })
  assert.equal(refused.status, 400)
  assert.equal((await browser.get('/v2/logout?organization=org_1')).status, 400)
  assert.equal(await isSignedIn(), true)
  const revoked = await revoke(server.url, tokens.refresh_token, { organization: 'org_1' })
  assert.equal(revoked.status, 400)
})

test('nobody is signed in: it goes where it is told, and without an address says that all is done', async () => {
  await browser.get('/v2/logout')
  assert.equal((await logout({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye })).location, bye)
  const { status, body } = await logout()
  assert.equal(status, 200)
  assert.doesNotMatch(body, /<form/)
})

describe('SEC-311 everybody else asks the user first', () => {
  const forms: Record<string, () => Record<string, string> | Promise<Record<string, string>>> = {
    'no hint': () => ({ client_id: sample.clientId, post_logout_redirect_uri: bye, state: 'x' }),
    'nothing at all': () => ({}),
    'a hint of another session': async () => ({
      id_token_hint: (await tokensOf(server, {}, (await signIn(server.url)).browser)).id_token,
    }),
    'the right logout_hint, which logs and every app know': () => ({
      logout_hint: String(claimsOf(tokens.id_token).sid),
    }),
    'a guessed logout_hint': () => ({ logout_hint: 'x'.repeat(22) }),
  }
  for (const [what, query] of Object.entries(forms))
    test(what, async () => {
      const page = await logout(await query())
      assert.equal(page.status, 200)
      assert.match(page.body, /<form/)
      assert.equal(page.headers.getSetCookie().length, 0)
      assert.equal(await isSignedIn(), true)
      const answer = await browser.submit(page, {}, 'accept')
      assert.equal(await isSignedIn(), false)
      if (what === 'no hint') assert.equal(answer.location, `${bye}?state=x`)
    })

  test('and takes no for an answer', async () => {
    await browser.submit(await logout({ client_id: sample.clientId }), {}, 'deny')
    assert.equal(await isSignedIn(), true)
  })

  test('the answer must come from our page, for this session', async () => {
    const page = await logout({ client_id: sample.clientId })
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    assert.ok(csrf)
    for (const [form, headers] of [
      [{ csrf: `${csrf}x` }, {}],
      [{ csrf }, { origin: 'https://evil.example' }],
      [{ csrf }, { 'sec-fetch-site': 'cross-site' }],
    ] as const) {
      await browser.post('/oidc/logout', { client_id: sample.clientId, action: 'accept', ...form }, headers)
      assert.equal(await isSignedIn(), true)
    }
    const other = (await signIn(server.url)).browser
    await other.post('/oidc/logout', { client_id: sample.clientId, action: 'accept', csrf })
    assert.match((await other.get(authorizeUrl({ prompt: 'none' }))).location ?? '', /code=/)
  })
})

describe('SEC-312 a hint that is not ours, or not for this client, is refused', () => {
  const cases: Record<string, () => Record<string, string> | Promise<Record<string, string>>> = {
    garbage: () => ({ id_token_hint: 'x' }),
    'a broken signature': () => ({ id_token_hint: `${tokens.id_token.slice(0, -6)}AAAAAA` }),
    'an access token (SEC-100)': () => ({ id_token_hint: tokens.access_token }),
    'a machine’s token without scope, for an API that is named like a client (SEC-100)': async () => {
      await server.store.resourceServers.save(anApi({ id: 'api_web', identifier: web.clientId }))
      await server.store.clientGrants.save({ id: 'cgr', clientId: web.clientId, audience: web.clientId, scope: [] })
      const credentials = { client_id: web.clientId, client_secret: web.secret, audience: web.clientId }
      const { body } = await postToken(server.url, { grant_type: 'client_credentials', ...credentials })
      return { id_token_hint: String(body.access_token) }
    },
    'a refresh token': () => ({ id_token_hint: tokens.refresh_token }),
    'another client’s': () => ({ id_token_hint: tokens.id_token, client_id: 'web' }),
    'two sessions named': () => ({ id_token_hint: tokens.id_token, logout_hint: 'x'.repeat(22) }),
    'an unknown client': () => ({ client_id: 'nobody' }),
    'another issuer’s': async () => {
      const other = await startServer()
      const { id_token } = await tokensOf(other)
      await other.stop()
      return { id_token_hint: id_token }
    },
  }
  for (const [what, query] of Object.entries(cases)) test(what, async () => refused(await query()))
})

describe('SEC-310 an address that is not on the list is an error page, and the session lives on', () => {
  const withHint = (uri: string) => ({ post_logout_redirect_uri: uri })
  for (const uri of [
    'https://evil.example/',
    `${bye}/`,
    `${bye}?x=1`,
    'https://app.example:443/bye',
    'javascript:alert(1)',
    'https://tenant.example/',
    '//app.example/bye',
    'https://user@app.example/bye',
  ])
    test(JSON.stringify(uri), () => refused({ id_token_hint: tokens.id_token, ...withHint(uri) }))

  test('the query is compared, too; another client’s and the tenant’s list do not help', async () => {
    await refused({ client_id: 'web', ...withHint('https://web.example/out') })
    await refused({ client_id: 'web', ...withHint(bye) })
    await refused(withHint(bye))
  })

  test('without a client the tenant’s list counts', async () => {
    const page = await logout(withHint('https://tenant.example/'))
    assert.equal((await browser.submit(page, {}, 'accept')).location, 'https://tenant.example/')
  })
})

test('SEC-313 state goes only with the redirect, and nowhere else', async () => {
  const state = '"><script>alert(1)</script>'
  const page = await refusedBody({
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: 'https://evil.example/',
    state,
  })
  assert.doesNotMatch(page, /alert\(1\)/)
  const question = await logout({ client_id: sample.clientId, state })
  assert.doesNotMatch(question.body, /<script>alert/)
  await addClient(server, { clientId: 'no-list', tokenEndpointAuthMethod: 'none' })
  const done = await browser.submit(await logout({ client_id: 'no-list', state }), {}, 'accept')
  assert.equal(done.status, 200)
  assert.doesNotMatch(done.body, /alert\(1\)/)
})
const refusedBody = async (query: Record<string, string>) => (await logout(query)).body

test('SEC-313 state is added to a query that is there already', async () => {
  const query = { client_id: 'web', post_logout_redirect_uri: 'https://web.example/out?a=1', state: 'x' }
  const answer = await browser.submit(await logout(query), {}, 'accept')
  assert.equal(answer.location, 'https://web.example/out?a=1&state=x')
})

test('SEC-005 parameters sent twice are refused, in the query, the form, or one in each', async () => {
  const hint = `id_token_hint=${tokens.id_token}`
  assert.equal((await browser.get(`/oidc/logout?${hint}&${hint}`)).status, 400)
  assert.equal((await browser.post(`/oidc/logout?${hint}`, { id_token_hint: tokens.id_token })).status, 400)
  assert.equal(await isSignedIn(), true)
})

test('SEC-318 SEC-321 nothing of it is kept by a cache', async () => {
  for (const answer of [
    await logout(),
    await logout({ client_id: 'nobody' }),
    await aBrowser(server.url).get('/oidc/logout'),
    await logout({ id_token_hint: tokens.id_token }),
  ])
    assert.equal(answer.headers.get('cache-control'), 'no-store')
})
