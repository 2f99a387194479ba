// The native app's login in a real browser: from the app's link to the 302 that only the app can read.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, postToken } from '../../packages/server/testing/login.ts'
import { startServer } from '../../packages/server/testing/start-server.ts'
import { seedWith } from '../testing/apps.ts'
import { arriving, leaving, press, signIn } from '../testing/sign-in.ts'
import { startWorld, type World } from '../testing/world.ts'

const stranger = { clientId: 'stranger', name: 'Third-party app', isFirstParty: false }

let world: World
before(async () => {
  world = await startWorld(() => startServer({ seed: seedWith(stranger) }))
})
after(() => world?.stop())

let context: BrowserContext
let page: Page
beforeEach(async () => {
  context = await world.browser.newContext()
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(world.server.errors, [])
})

const state = 'xyz~ABC='
/** The link of the sample app, to its custom scheme. */
const link = (over: Record<string, string | undefined> = {}) =>
  world.server.url + authorizeUrl({ redirect_uri: sample.customScheme, state, ...over })
const loopbackLink = (over: Record<string, string | undefined> = {}) => link({ redirect_uri: world.loopback, ...over })

async function redeem(callback: URL, redirectUri: string): Promise<Record<string, unknown>> {
  const { status, body } = await postToken(world.server.url, {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    code: callback.searchParams.get('code') ?? '',
    code_verifier: sample.verifier,
    redirect_uri: redirectUri,
  })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

const visible = (selector: string) => page.locator(selector).isVisible()

test('first visit, for an API, to a custom scheme: sign in, 302 with a code, tokens', async () => {
  await page.goto(link({ scope: 'appointments contacts', audience: sample.audience }))
  assert.match(page.url(), /\/u\/login\?state=/)
  const callback = await leaving(page, () => signIn(page))
  assert.ok(callback.href.startsWith(`${sample.customScheme}?code=`), callback.href)
  assert.equal(callback.searchParams.get('state'), state)
  assert.equal(callback.searchParams.get('iss'), `${world.server.url}/`)
  const tokens = await redeem(callback, sample.customScheme)
  const claims = JSON.parse(Buffer.from(String(tokens.access_token).split('.')[1] ?? '', 'base64url').toString())
  assert.equal(claims.scope, 'appointments contacts')
})

test('after the redirect to the app the browser does not stay on a dead page', async () => {
  await page.clock.install()
  await page.goto(link())
  await leaving(page, () => signIn(page))
  await page.clock.fastForward(2_000)
  await page.locator('#left').waitFor()
  assert.equal(await visible('#here'), false)
  assert.match(await page.locator('#left').innerText(), /My native app/)
})

test('first visit, sign in only, to our own /mobile, which takes the code out of the address (SEC-179)', async () => {
  const redirectUri = `${world.server.url}/mobile`
  await page.clock.install()
  await page.goto(link({ redirect_uri: redirectUri }))
  const callback = await arriving(page, redirectUri, () => signIn(page))
  assert.ok(callback.searchParams.get('code'))
  assert.equal(await page.locator('h1').count(), 1)
  await redeem(callback, redirectUri)
  await page.clock.fastForward(6_000)
  assert.equal(page.url(), redirectUri)
})

test('first visit, to a loopback listener on a free port', async () => {
  await page.goto(loopbackLink())
  world.listener.visits.length = 0
  const callback = await arriving(page, world.loopback, () => signIn(page))
  assert.deepEqual(world.listener.visits, [`GET ${callback.pathname}${callback.search}`])
  assert.ok((await redeem(callback, world.loopback)).id_token)
})

test('second visit: no password, but a question, because another app may own the address (SEC-038)', async () => {
  await page.goto(loopbackLink())
  await arriving(page, world.loopback, () => signIn(page))

  await page.goto(link())
  assert.match(page.url(), /\/u\/confirm\?state=/)
  assert.match(await page.locator('main').innerText(), /My native app[\s\S]*ada@example\.com/)
  const callback = await leaving(page, () => press(page, 'accept'))
  await redeem(callback, sample.customScheme)

  await page.goto(link())
  const denied = await leaving(page, () => press(page, 'deny'))
  assert.equal(denied.searchParams.get('error'), 'access_denied')
  assert.equal(denied.searchParams.get('state'), state)
})

test('a wrong password: said beside the form, the address kept, and the right one goes on', async () => {
  await page.goto(loopbackLink())
  await signIn(page, 'incorrect donkey')
  await page.locator('[role=alert]').waitFor()
  assert.equal(await page.inputValue('#username'), sample.email)
  assert.equal(await page.inputValue('#password'), '')
  assert.equal(await page.getAttribute('#password', 'aria-invalid'), 'true')
  assert.equal((await page.content()).includes('incorrect donkey'), false)
  const callback = await arriving(page, world.loopback, () => signIn(page))
  assert.ok(callback.searchParams.get('code'))
})

test('a login that is given up: access_denied', async () => {
  await page.goto(loopbackLink())
  const callback = await arriving(page, world.loopback, () => press(page, 'cancel'))
  assert.equal(callback.searchParams.get('error'), 'access_denied')
  assert.equal(callback.searchParams.get('state'), state)
})

test('consent refused: access_denied; given: remembered, and asked no more (SEC-184)', async () => {
  const request = { client_id: stranger.clientId, redirect_uri: world.loopback }
  await page.goto(link(request))
  await signIn(page)
  await page.waitForURL(/\/u\/consent/)
  assert.match(await page.locator('main').innerText(), /Third-party app/)
  const refused = await arriving(page, world.loopback, () => press(page, 'deny'))
  assert.equal(refused.searchParams.get('error'), 'access_denied')
  assert.equal(refused.searchParams.has('code'), false)

  await page.goto(link(request))
  await page.waitForURL(/\/u\/consent/)
  assert.ok((await arriving(page, world.loopback, () => press(page, 'accept'))).searchParams.get('code'))
  await page.goto(link(request))
  assert.doesNotMatch(page.url(), /\/u\/consent/)
})

test('another account: the question leads to the sign-in page (SEC-163)', async () => {
  await page.goto(loopbackLink())
  await arriving(page, world.loopback, () => signIn(page))
  await page.goto(loopbackLink())
  await press(page, 'switch')
  await page.waitForURL(/\/u\/login/)
  assert.ok((await arriving(page, world.loopback, () => signIn(page))).searchParams.get('code'))
})

test('a link with a wrong callback: a page of ours, and no redirect', async () => {
  const response = await page.goto(link({ redirect_uri: 'com.myclientapp://myclientapp.com/callback/' }))
  assert.equal(response?.status(), 403)
  assert.ok(page.url().startsWith(world.server.url))
  assert.match(await page.locator('main').innerText(), /ends with a slash too many/)
})

test('without JavaScript: sign in, question, consent, and no page that leads nowhere (SEC-185)', async () => {
  const plain = await world.browser.newContext({ javaScriptEnabled: false })
  try {
    page = await plain.newPage()
    await page.goto(link())
    const first = await leaving(page, () => signIn(page))
    await redeem(first, sample.customScheme)
    // The browser stays where it was; sending the form once more leads on, not into a wall.
    await page.fill('#password', sample.password)
    await press(page, 'default')
    const goOn = page.locator('main a.button')
    await goOn.waitFor()
    await goOn.click()
    await page.waitForURL(/\/u\/confirm/)
    await leaving(page, () => press(page, 'accept'))

    await page.goto(link({ client_id: stranger.clientId, redirect_uri: world.loopback, prompt: 'consent' }))
    assert.ok((await arriving(page, world.loopback, () => press(page, 'accept'))).searchParams.get('code'))
  } finally {
    await plain.close()
  }
})
