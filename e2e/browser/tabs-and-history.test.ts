// What people do to a login that its author did not think of: the back button, a second tab, a second tap.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { BrowserContext, Page, Response } from 'playwright-core'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, postToken } from '../../packages/server/testing/login.ts'
import { arriving, leaving, press, signIn } from '../testing/sign-in.ts'
import { startWorld, type World } from '../testing/world.ts'

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())

let context: BrowserContext
beforeEach(async () => {
  context = await world.browser.newContext()
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(world.server.errors, [])
})

const link = (over: Record<string, string | undefined> = {}) =>
  world.server.url + authorizeUrl({ redirect_uri: world.loopback, ...over })

async function opened(over: Record<string, string | undefined> = {}): Promise<Page> {
  const page = await context.newPage()
  await page.goto(link(over))
  return page
}

const finish = (page: Page) => arriving(page, world.loopback, () => signIn(page))

async function subjectOf(callback: URL, redirectUri = world.loopback): Promise<unknown> {
  const code = callback.searchParams.get('code') ?? ''
  const { body } = await postToken(world.server.url, {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    code,
    code_verifier: sample.verifier,
    redirect_uri: redirectUri,
  })
  return JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString()).sub
}

test('back after finishing: says that it is done, and leads on to the app', async () => {
  const page = await opened()
  await finish(page)
  await page.goBack()
  assert.ok(page.url().startsWith(`${world.server.url}/u/login`))
  const goOn = page.locator('main a.button')
  assert.match(await page.locator('main').innerText(), /My native app/)
  await goOn.click()
  await page.waitForURL(/\/u\/confirm/)
  const callback = await arriving(page, world.loopback, () => press(page, 'accept'))
  assert.equal(await subjectOf(callback), sample.userId)
})

test('two tabs with different requests each finish with their own answer', async () => {
  const [first, second] = [
    await opened({ state: 'one' }),
    await opened({ state: 'two', redirect_uri: sample.customScheme }),
  ]
  const two = await leaving(second, () => signIn(second))
  const one = await finish(first)
  assert.deepEqual([one.searchParams.get('state'), two.searchParams.get('state')], ['one', 'two'])
  assert.notEqual(one.searchParams.get('code'), two.searchParams.get('code'))
  assert.equal(await subjectOf(one), sample.userId)
  assert.equal(await subjectOf(two, sample.customScheme), sample.userId)
})

test('a tab that waited on the question while another signed in anew asks about who is there now', async () => {
  await finish(await opened())
  const waiting = await opened({ state: 'waiting' })
  assert.match(waiting.url(), /\/u\/confirm/)
  const other = await opened({ prompt: 'login' })
  await finish(other)
  // The form was for the session that is gone: it is refused, and the page loaded anew works.
  const [refused] = await Promise.all([waiting.waitForResponse(isPost), press(waiting, 'accept')])
  assert.equal(refused.status(), 403)
  await waiting.goto(link({ state: 'waiting' }))
  const callback = await arriving(waiting, world.loopback, () => press(waiting, 'accept'))
  assert.equal(callback.searchParams.get('state'), 'waiting')
})

test('one request in two tabs: the second finds it done', async () => {
  const page = await opened()
  const twin = await context.newPage()
  await twin.goto(page.url())
  await finish(page)
  await signIn(twin)
  await twin.locator('main a.button').waitFor()
  assert.ok(twin.url().startsWith(world.server.url))
})

test('a link to a sign-in page opened in another browser starts nothing there (SEC-019)', async () => {
  const page = await opened()
  const elsewhere = await world.browser.newContext()
  try {
    const stolen = await elsewhere.newPage()
    const response = await stolen.goto(page.url())
    assert.equal(response?.status(), 400)
    assert.equal(await stolen.locator('#password').count(), 0)
  } finally {
    await elsewhere.close()
  }
})

test('a double tap sends the form once', async () => {
  const page = await opened()
  let posts = 0
  page.on('request', (request) => {
    if (request.method() === 'POST') posts++
  })
  await page.fill('#username', sample.email)
  await page.fill('#password', sample.password)
  await arriving(page, world.loopback, () => page.dblclick('button[value=default]'))
  assert.equal(posts, 1)
})

test('logout, then Back: nothing private (SEC-318), and the old cookie is dead (SEC-160)', async () => {
  const page = await opened({ prompt: 'consent' })
  await signIn(page)
  await page.waitForURL(/\/u\/consent/)
  const consentPage = page.url()
  assert.match(await page.locator('main').innerText(), /ada@example\.com/)
  const before = await context.cookies(world.server.url)

  await page.goto(`${world.server.url}/v2/logout`)
  await page.goBack()
  assert.ok(page.url().startsWith(world.server.url))
  assert.doesNotMatch(await page.content(), /ada@example\.com|Ada Lovelace/)

  await context.addCookies(before)
  await page.goto(consentPage)
  assert.match(page.url(), /\/u\/login/)
})

test('RP-initiated logout without a hint asks first, with the account by name (SEC-311)', async () => {
  const page = await opened()
  await finish(page)
  await page.goto(`${world.server.url}/oidc/logout`)
  assert.match(await page.locator('main').innerText(), /ada@example\.com/)
  await page.goto(link({ prompt: 'none', redirect_uri: world.loopback }))
  assert.doesNotMatch(page.url(), /login_required/, 'looking at the question ends nothing')
  await page.goto(`${world.server.url}/oidc/logout`)
  await Promise.all([page.waitForResponse(isPost), press(page, 'deny')])
  await page.goto(link({ prompt: 'none', redirect_uri: world.loopback }))
  assert.doesNotMatch(page.url(), /login_required/, 'the user chose to stay')
  await page.goto(`${world.server.url}/oidc/logout`)
  await Promise.all([page.waitForResponse(isPost), press(page, 'accept')])
  assert.doesNotMatch(await page.content(), /ada@example\.com/)
  await page.goto(link({ prompt: 'none' }))
  assert.match(page.url(), /error=login_required/)
})

const isPost = (response: Response) => response.request().method() === 'POST'
