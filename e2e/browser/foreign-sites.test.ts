// What other web sites can do to a user of ours: nothing. Over https, as in production, in a browser that enforces it.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { aBrowser, formOf } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl } from '../../packages/server/testing/login.ts'
import { type AppServer, startApp } from '../testing/app-server.ts'
import { startHttpsServer } from '../testing/https-server.ts'
import { arriving, press, signIn } from '../testing/sign-in.ts'
import { startWorld, type World } from '../testing/world.ts'

const names = {
  session: '__Host-keywright',
  silent: '__Host-keywright-silent',
  browser: '__Host-keywright-browser',
  known: '__Host-keywright-known',
}

let world: World
let evil: AppServer
before(async () => {
  ;[world, evil] = await Promise.all([
    startWorld(() => startHttpsServer()),
    startApp(() => ({ body: '<!doctype html><title>Evil</title>' })),
  ])
})
after(async () => {
  await Promise.all([world?.stop(), evil?.close()])
})

let context: BrowserContext
let page: Page
beforeEach(async () => {
  context = await newContext()
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(world.server.errors, [])
})

/** The browser does not know the local authority. */
const newContext = () => world.browser.newContext({ ignoreHTTPSErrors: true })
const link = (over: Record<string, string | undefined> = {}) =>
  world.server.url + authorizeUrl({ redirect_uri: world.loopback, ...over })
const finish = () => arriving(page, world.loopback, () => signIn(page))

async function cookieValue(name: string): Promise<string | undefined> {
  return (await context.cookies(world.server.url)).find((cookie) => cookie.name === name)?.value
}

/** Whether a browser with these cookies is signed in, by asking silently. */
async function isSignedIn(cookies: Record<string, string>): Promise<boolean> {
  const browser = aBrowser(world.server.url)
  for (const [name, value] of Object.entries(cookies)) browser.cookies.set(name, value)
  const over = { redirect_uri: 'https://app.example/callback', prompt: 'none' }
  const { location } = await browser.get(authorizeUrl(over))
  return new URL(location ?? '').searchParams.has('code')
}

const visitEvil = () => page.goto(`http://127.0.0.1:${evil.port}/`)

test('every cookie of a login and a logout: __Host-, Secure, HttpOnly, Path=/, no Domain (SEC-155, SEC-164)', async () => {
  const lines: string[] = []
  const reads: Promise<unknown>[] = []
  page.on('response', (response) => {
    const read = async () => {
      for (const { name, value } of await response.headersArray())
        if (name.toLowerCase() === 'set-cookie') lines.push(value)
    }
    reads.push(read())
  })
  await page.goto(link({ prompt: 'consent' }))
  await signIn(page, 'incorrect')
  await page.locator('[role=alert]').waitFor()
  await signIn(page)
  await page.waitForURL(/\/u\/consent/)
  await arriving(page, world.loopback, () => press(page, 'accept'))
  const kept = await context.cookies(world.server.url)
  assert.deepEqual(
    kept.map(({ name }) => name).toSorted(),
    Object.values(names).toSorted(),
    'the browser took them all',
  )
  await page.goto(`${world.server.url}/v2/logout`)
  await Promise.all(reads)

  const seen = new Set<string>()
  for (const line of lines.flatMap((value) => value.split('\n'))) {
    const [pair = '', ...attributes] = line.split('; ')
    const [name = '', value = ''] = pair.split('=')
    seen.add(name)
    assert.ok(Object.values(names).includes(name), line)
    const form = name === names.known ? /^[\w-]{22}\.[\w-]{43}$/ : /^([\w-]{43})?$/
    assert.match(value, form, 'random references and macs, never anything readable')
    const sameSite = name === names.silent ? 'SameSite=None' : 'SameSite=Lax'
    const rest = attributes.filter((attribute) => !/^Max-Age=\d+$/.test(attribute)).toSorted()
    assert.deepEqual(rest, ['HttpOnly', 'Path=/', sameSite, 'Secure'].toSorted(), line)
  }
  assert.equal(seen.size, 4)
  assert.equal(await cookieValue(names.session), undefined, 'the logout took it')
  assert.equal(await page.evaluate('document.cookie'), '')
})

test('a planted session id never becomes the session, and dies with the login that replaces it (SEC-154)', async () => {
  const planted = 'x'.repeat(43)
  const cookie = { name: names.session, value: planted, url: world.server.url, secure: true, httpOnly: true }
  await context.addCookies([cookie])
  await page.goto(link())
  await finish()
  const first = (await cookieValue(names.session)) ?? assert.fail('no session')
  assert.notEqual(first, planted)
  assert.equal(await isSignedIn({ [names.session]: planted }), false)
  assert.equal(await isSignedIn({ [names.session]: first }), true)

  // The planted one may also be a live session: the one that the attacker has opened.
  await page.goto(link({ prompt: 'login' }))
  await finish()
  const second = (await cookieValue(names.session)) ?? assert.fail('no session')
  assert.notEqual(second, first)
  assert.equal(await isSignedIn({ [names.session]: first }), false)
  assert.equal(await isSignedIn({ [names.session]: second }), true)
})

/** The attacker's own sign-in page, filled in with an account that the attacker knows. */
async function attackersForm() {
  const browser = aBrowser(world.server.url)
  const { body } = await browser.follow(await browser.get(authorizeUrl()))
  const { hidden } = formOf(body)
  const fields = { ...hidden, username: sample.email, password: sample.password, action: 'default' }
  return { fields, browserCookie: browser.cookies.get(names.browser) ?? assert.fail('no cookie') }
}

/** Sends a form from the page that is open, as a script of an attacker would. @returns the status of the answer */
async function postFrom(fields: Record<string, string>, path: string): Promise<number> {
  const [response] = await Promise.all([
    page.waitForResponse((response) => response.url().startsWith(world.server.url + path)),
    page.evaluate(
      ([action, names]) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action })
        for (const [name, value] of Object.entries(names))
          form.append(Object.assign(document.createElement('input'), { name, value }))
        document.body.append(form)
        HTMLFormElement.prototype.submit.call(form)
      },
      [world.server.url + path, fields] as const,
    ),
  ])
  return response.status()
}

test("nobody is signed in to an attacker's account by a foreign form (SEC-167)", async () => {
  const { fields } = await attackersForm()
  await visitEvil()
  assert.equal(await postFrom(fields, '/u/login'), 400)
  assert.equal(await cookieValue(names.session), undefined)
})

test("neither if the attacker's own cookie was planted beside it (SEC-168)", async () => {
  const { fields, browserCookie } = await attackersForm()
  const cookie = { name: names.browser, value: browserCookie, url: world.server.url, secure: true, httpOnly: true }
  // The worst case: sent across sites, too. What the browser says of the form's origin decides.
  await context.addCookies([{ ...cookie, sameSite: 'None' }])
  await visitEvil()
  assert.equal(await postFrom(fields, '/u/login'), 403)
  assert.equal(await cookieValue(names.session), undefined)
})

test('a foreign form cannot press the buttons of a user who is signed in (SEC-166)', async () => {
  await page.goto(link())
  await finish()
  await visitEvil()
  assert.ok((await postFrom({ csrf: 'x', action: 'accept' }, '/oidc/logout')) < 500)
  const session = (await cookieValue(names.session)) ?? assert.fail('the session is gone')
  assert.equal(await isSignedIn({ [names.session]: session }), true)
})

test('no page with a form can be framed (SEC-169)', async () => {
  await page.goto(link())
  await finish()
  await page.goto(link())
  const confirmation = page.url()
  await visitEvil()
  const refusals: string[] = []
  page.on('console', (message) => refusals.push(message.text()))
  for (const src of [
    link({ prompt: 'login' }),
    link({ prompt: 'consent' }),
    confirmation,
    `${world.server.url}/oidc/logout`,
  ]) {
    refusals.length = 0
    await page.evaluate(
      (src) =>
        new Promise((loaded) => {
          document.body.append(Object.assign(document.createElement('iframe'), { src, onload: loaded }))
        }),
      src,
    )
    assert.match(refusals.join(), /frame-ancestors|X-Frame-Options/, src)
    for (const frame of page.frames().slice(1)) assert.doesNotMatch(frame.url(), /^https:/)
  }
})

test('pictures of foreign pages end no session and take no cookie (SEC-311)', async () => {
  await page.goto(link())
  await finish()
  const before = await context.cookies(world.server.url)
  await visitEvil()
  for (const path of ['/v2/logout', `/v2/logout?client_id=${sample.clientId}`, '/oidc/logout'])
    await page.evaluate(
      (src) => new Promise((done) => Object.assign(new Image(), { src, onload: done, onerror: done })),
      world.server.url + path,
    )
  assert.deepEqual(await context.cookies(world.server.url), before)
  const values = Object.fromEntries(before.map(({ name, value }) => [name, value]))
  assert.equal(await isSignedIn({ [names.session]: values[names.session] ?? '' }), true)
  assert.equal(await isSignedIn({ [names.silent]: values[names.silent] ?? '' }), true)
})

test('the cookie for frames opens no screen and presses no button (SEC-156)', async () => {
  await page.goto(link())
  await finish()
  const silent = (await cookieValue(names.silent)) ?? assert.fail('no silent cookie')
  const browser = aBrowser(world.server.url)
  browser.cookies.set(names.silent, silent)
  const answer = await browser.follow(await browser.get(authorizeUrl({ prompt: 'consent' })))
  assert.match(answer.body, /name="password"/)
  // Without prompt=none it answers no request either.
  assert.match((await browser.get(authorizeUrl())).location ?? '', /\/u\/login\?/)
  // Nor does its value under the other's name, and a form with it ends nothing.
  assert.equal(await isSignedIn({ [names.session]: silent }), false)
  await browser.post('/oidc/logout', { client_id: sample.clientId, action: 'accept' })
  const logout = await browser.get('/oidc/logout')
  assert.doesNotMatch(logout.body, /ada@example\.com/)
  assert.equal(await isSignedIn({ [names.silent]: silent }), true)
})

test('the pages load nothing from elsewhere, and run no script but their own (SEC-170, SEC-178)', async () => {
  const foreign: string[] = []
  page.on('request', (request) => {
    const own = [`${world.server.url}/`, world.loopback, 'data:'].some((start) => request.url().startsWith(start))
    if (!own && !request.url().endsWith('/favicon.ico')) foreign.push(request.url())
  })
  const blocked: string[] = []
  page.on('console', (message) => blocked.push(message.text()))
  const inject = `document.body.append(Object.assign(document.createElement('script'), { text: 'window.hit = 1' }))`
  await page.goto(link({ prompt: 'consent' }))
  await page.evaluate(inject)
  await signIn(page)
  await page.waitForURL(/\/u\/consent/)
  await page.evaluate(inject)
  assert.equal(await page.evaluate('window.hit'), undefined)
  assert.equal(blocked.filter((text) => text.includes('Content Security Policy')).length, 2)
  await arriving(page, world.loopback, () => press(page, 'accept'))
  await page.goto(`${world.server.url}/oidc/logout`)
  await page.goto(`${world.server.url}/mobile`)
  assert.deepEqual(foreign, [])
})
