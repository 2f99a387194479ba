// The way on from "already completed" asks for all that was asked for, and counts nothing that was done for the first answer.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aBrowser, type TestBrowser } from '../../testing/browser.ts'
import { aUser, sample } from '../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../testing/login.ts'
import { upstreamConnection } from '../../testing/scripted-provider.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

const bob = { userId: 'auth0|bob', email: 'bob@example.com' }
let server: TestServer
before(async () => {
  server = await startServer()
  const identities = [{ connection: sample.connection, provider: 'auth0', subject: 'bob', isSocial: false }]
  const hash = (await server.store.users.findPasswordHash(sample.userId)) ?? ''
  await server.store.users.create(aUser({ ...bob, identities }), hash)
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

/** A sign-in to its end, back by one page, and on. @returns where that leads */
async function onceMore(over: Record<string, string>, browser: TestBrowser = aBrowser(server.url)) {
  let page = await browser.follow(await browser.get(authorizeUrl(over)))
  const { url } = page
  while (page.body.includes('<form')) {
    const signsIn = page.body.includes('name="password"')
    const fields: Record<string, string> = signsIn ? { username: sample.email, password: sample.password } : {}
    page = await browser.follow(await browser.submit(page, fields, signsIn ? 'default' : 'accept'))
  }
  assert.ok(parametersOf(page).has('code'))
  const back = await browser.get(url)
  assert.equal(back.status, 409)
  const on = /<a class="button primary" href="([^"]+)"/.exec(back.body)?.[1] ?? assert.fail('no way on')
  return browser.follow(await browser.get(on.replaceAll('&amp;', '&')))
}

test('SEC-013: a fresh sign-in is asked for again, however it was asked for', async () => {
  for (const over of [{ prompt: 'login' }, { max_age: '0' }] as Record<string, string>[])
    assert.match((await onceMore(over)).url, /\/u\/login\?state=/, JSON.stringify(over))
})

test('so are consent, the choice of an account, and both', async () => {
  assert.match((await onceMore({ prompt: 'consent' })).url, /\/u\/consent\?state=/)
  assert.match((await onceMore({ prompt: 'select_account' })).url, /\/u\/account\?state=/)
  assert.match((await onceMore({ prompt: 'select_account consent' })).url, /\/u\/account\?state=/)
})

test('SEC-014: so is the user whom the app expects', async () => {
  const browser = aBrowser(server.url)
  const { body } = await exchange(server.url, await signIn(server.url))
  const way = await onceMore({ id_token_hint: String(body.id_token) }, browser)
  assert.ok(parametersOf(way).has('code'), 'Ada is still here')

  const page = await browser.follow(await browser.get(authorizeUrl({ prompt: 'login' })))
  await browser.submit(page, { username: bob.email, password: sample.password })
  const expected = await browser.follow(await browser.get(authorizeUrl({ id_token_hint: String(body.id_token) })))
  assert.match(expected.url, /\/u\/login\?state=/)
  assert.match(expected.body, /another account than the one you are signed in with/)
  // Bob signs in once more, within this very request: still not whom the app expects.
  const still = await browser.follow(await browser.submit(expected, { username: bob.email, password: sample.password }))
  assert.match(still.url, /\/u\/login\?state=/)
  const right = await browser.submit(still, { username: sample.email, password: sample.password })
  assert.ok(parametersOf(right).has('code'))
})

test('what asked for nothing special leads straight back to the app, with a code of its own', async () => {
  const way = await onceMore({ state: 'the app’s', nonce: 'n' })
  assert.equal(parametersOf(way).get('state'), 'the app’s')
  assert.equal((await exchange(server.url, way)).status, 200)
})

test('somebody else’s request, and one that never was, lead nowhere', async () => {
  const browser = aBrowser(server.url)
  const { url } = await browser.follow(await browser.get(authorizeUrl()))
  const state = new URL(url).searchParams.get('state') ?? ''
  const stranger = aBrowser(server.url)
  await stranger.get(authorizeUrl())
  for (const asked of [state, 'x'.repeat(43), '']) {
    const { status, location } = await stranger.get(`/u/again?state=${asked}`)
    assert.deepEqual([status, location], [400, undefined])
  }
})

test('so is the connection, and the name that the app has for the user', async () => {
  const browser = aBrowser(server.url)
  const request = { connection: sample.connection, login_hint: 'ada@example.com', prompt: 'login' }
  const page = await browser.follow(await browser.get(authorizeUrl(request)))
  await browser.submit(page, { username: sample.email, password: sample.password })
  await server.store.connections.save({ ...upstreamConnection(), showAsButton: true })
  const back = await browser.get(page.url)
  const on = /<a class="button primary" href="([^"]+)"/.exec(back.body)?.[1] ?? assert.fail('no way on')
  const again = await browser.follow(await browser.get(on.replaceAll('&amp;', '&')))
  assert.match(again.body, /name="username"[^>]*value="ada@example\.com"/)
  // Another connection has come to the client since, but the app asked for this one.
  assert.doesNotMatch(again.body, /\/u\/connection\?/)
  assert.match((await browser.follow(await browser.get(authorizeUrl({ prompt: 'login' })))).body, /\/u\/connection\?/)
})

test('SEC-014: the way on expects the same user as the first time, whoever is here by now', async () => {
  const browser = aBrowser(server.url)
  const { body } = await exchange(server.url, await signIn(server.url))
  const page = await browser.follow(await browser.get(authorizeUrl({ id_token_hint: String(body.id_token) })))
  await browser.submit(page, { username: sample.email, password: sample.password })
  const other = await browser.follow(await browser.get(authorizeUrl({ prompt: 'login' })))
  await browser.submit(other, { username: bob.email, password: sample.password })
  const back = await browser.get(page.url)
  const on = /<a class="button primary" href="([^"]+)"/.exec(back.body)?.[1] ?? assert.fail('no way on')
  const way = await browser.follow(await browser.get(on.replaceAll('&amp;', '&')))
  assert.match(way.url, /\/u\/login\?state=/)
})
