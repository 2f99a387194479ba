import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import { aBrowser, type TestBrowser } from '../../../testing/browser.ts'
import { sample } from '../../../testing/builders.ts'
import { authorizeUrl, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { addClient, logOf, offline, refresh, tokensOf } from '../../../testing/tokens.ts'

let server: TestServer
let browser: TestBrowser
before(async () => {
  server = await startServer()
  browser = aBrowser(server.url)
  await addClient(server, { allowedLogoutUrls: ['https://*.app.example/bye', 'https://web.example/out?a=1'] })
  await server.store.settings.update({ ...defaultTenantSettings, allowedLogoutUrls: ['https://tenant.example/'] })
})
beforeEach(async () => {
  if (!(await isSignedIn())) browser = (await signIn(server.url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const logout = (query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  browser.get(`/v2/logout?${new URLSearchParams(query)}`, headers)

/** Whether the browser is still signed in. */
async function isSignedIn(who: TestBrowser = browser): Promise<boolean> {
  const { location } = await who.get(authorizeUrl({ prompt: 'none' }))
  return new URL(location ?? '').searchParams.has('code')
}

test('ends the session for every client, forgets its cookie, and logs slo', async () => {
  const { status, location, headers } = await logout({
    client_id: sample.clientId,
    returnTo: 'https://app.example/bye',
  })
  assert.deepEqual({ status, location }, { status: 302, location: 'https://app.example/bye' })
  assert.match(headers.getSetCookie().join(), /keywright=;.*max-age=0/i)
  assert.equal(await isSignedIn(), false)
  const [event] = await logOf(server, 'slo')
  assert.equal(event?.userId, sample.userId)
  assert.equal(event?.clientId, sample.clientId)
})

test('a copy of the cookie is worth nothing afterwards', async () => {
  const thief = aBrowser(server.url)
  for (const [name, value] of browser.cookies) thief.cookies.set(name, value)
  assert.equal(await isSignedIn(thief), true)
  await logout()
  assert.equal(await isSignedIn(thief), false)
})

test('refresh tokens live on, as at Auth0: the app revokes its own', async () => {
  const { refresh_token } = await tokensOf(server, offline, browser)
  await logout()
  assert.equal((await refresh(server.url, refresh_token)).status, 200)
})

test('SEC-310 with client_id the client’s list counts, without it the tenant’s', async () => {
  const allowed: [Record<string, string>, string][] = [
    [
      { client_id: sample.clientId, returnTo: 'com.myclientapp://myclientapp.com/logout' },
      'com.myclientapp://myclientapp.com/logout',
    ],
    [{ client_id: 'web', returnTo: 'https://de.app.example/bye' }, 'https://de.app.example/bye'],
    [{ returnTo: 'https://tenant.example/' }, 'https://tenant.example/'],
    // Auth0: the query and the fragment are not compared, and kept.
    [{ client_id: sample.clientId, returnTo: 'https://app.example/bye?x=1&y=2' }, 'https://app.example/bye?x=1&y=2'],
    [{ client_id: 'web', returnTo: 'https://web.example/out?b=2' }, 'https://web.example/out?b=2'],
    // Auth0: the first of the list that is an address.
    [{ client_id: sample.clientId }, 'https://app.example/bye'],
    [{ client_id: 'web' }, 'https://web.example/out?a=1'],
  ]
  for (const [query, expected] of allowed) assert.equal((await logout(query)).location, expected)
})

describe('SEC-310 an address that is not on the list is an error page, and the session lives on', () => {
  const refused: Record<string, string>[] = [
    { client_id: sample.clientId, returnTo: 'https://evil.example/' },
    { client_id: sample.clientId, returnTo: 'https://tenant.example/' },
    { returnTo: 'https://app.example/bye' },
    { returnTo: 'https://evil.example/' },
  ]
  const near = [
    'https://app.example/bye/',
    'https://app.example/Bye',
    'https://app.example:443/bye',
    'http://app.example/bye',
    'https://app.example.evil.example/bye',
    'https://user@app.example/bye',
    'https://app.example\\@evil.example/bye',
    'https://app.example/bye/../../x',
    '//app.example/bye',
    '/bye',
    'javascript:alert(1)',
    'https://app.example/bye\r\nset-cookie: a=b',
    ' https://app.example/bye',
  ]
  refused.push(...near.map((returnTo) => ({ client_id: sample.clientId, returnTo })))
  refused.push({ client_id: 'web', returnTo: 'https://a.b.app.example/bye' })
  for (const query of refused)
    test(JSON.stringify(query), async () => {
      const answer = await logout(query)
      assert.equal(answer.status, 400)
      assert.equal(answer.location, undefined)
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
      assert.equal(answer.headers.getSetCookie().length, 0)
      assert.equal(await isSignedIn(), true)
    })

  test('an unknown client, and parameters sent twice', async () => {
    assert.equal((await logout({ client_id: 'nobody' })).status, 400)
    const twice = '/v2/logout?returnTo=https://tenant.example/&returnTo=https://tenant.example/'
    assert.equal((await browser.get(twice)).status, 400)
    assert.equal(await isSignedIn(), true)
  })
})

test('with nothing to go to it answers OK; the bare federated flag and telemetry do not matter', async () => {
  for (const query of ['', '?federated', '?federated=&auth0Client=%00garbage', '?federated=1&federated=1']) {
    const answer = await browser.get(`/v2/logout${query}`)
    assert.deepEqual({ status: answer.status, body: answer.body }, { status: 200, body: 'OK' })
    assert.equal(answer.headers.get('cache-control'), 'no-store')
  }
  assert.equal(await isSignedIn(), false)
})

test('SEC-311 an image on a foreign page, which carries no Lax cookie, ends nothing and makes the browser forget nothing', async () => {
  const embedded = aBrowser(server.url)
  const answer = await embedded.get('/v2/logout', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' })
  assert.equal(answer.headers.getSetCookie().length, 0)
  assert.equal(await isSignedIn(), true)

  const stranger = aBrowser(server.url)
  const page = await stranger.follow(await stranger.get(authorizeUrl()))
  const signedIn = await stranger.submit(page, { username: sample.email, password: sample.password })
  assert.match(signedIn.headers.getSetCookie().join('\n'), /^keywright=.*SameSite=Lax/im)
})
