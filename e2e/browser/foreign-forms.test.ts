// Forms of other sites at the two doors that are open to them: the same as a link there would do. Over https, in a real browser.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, exchange, signIn as signInSilently } from '../../packages/server/testing/login.ts'
import { type AppServer, startApp } from '../testing/app-server.ts'
import { startHttpsServer } from '../testing/https-server.ts'
import { arriving, press, signIn } from '../testing/sign-in.ts'
import { startWorld, type World } from '../testing/world.ts'

const browserCookie = '__Host-keywright-browser'

let world: World
let evil: AppServer
/** What the other site shows. */
let form = ''
before(async () => {
  ;[world, evil] = await Promise.all([
    startWorld(() => startHttpsServer()),
    startApp(() => ({ body: `<!doctype html><title>Elsewhere</title>${form}` })),
  ])
  const { clients } = world.server.store
  const client = (await clients.find(sample.clientId)) ?? assert.fail('no client')
  await clients.save({ ...client, allowedLogoutUrls: [world.loopback] })
})
after(async () => {
  await Promise.all([world?.stop(), evil?.close()])
})

let context: BrowserContext
let page: Page
beforeEach(async () => {
  context = await world.browser.newContext({ ignoreHTTPSErrors: true })
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  assert.deepEqual(world.server.errors, [])
})

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

/** Opens the other site in this tab, and presses the button of its form. */
async function sendFrom(tab: Page, path: string, fields: Record<string, string>): Promise<void> {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`,
  )
  form = `<form method="post" action="${world.server.url}${path}">${inputs.join('')}<button>Go</button></form>`
  await tab.goto(`http://127.0.0.1:${evil.port}/`)
  await tab.click('button')
}

const request = (over: Record<string, string> = {}) =>
  Object.fromEntries(new URL(world.server.url + authorizeUrl({ redirect_uri: world.loopback, ...over })).searchParams)

async function signInHere(): Promise<void> {
  await page.goto(world.server.url + authorizeUrl({ redirect_uri: world.loopback }))
  await arriving(page, world.loopback, () => signIn(page))
}

const cookie = async (name: string) =>
  (await context.cookies(world.server.url)).find((kept) => kept.name === name)?.value

async function isSignedIn(): Promise<boolean> {
  await page.goto(world.server.url + authorizeUrl({ redirect_uri: world.loopback }))
  return new URL(page.url()).pathname === '/u/confirm'
}

test('SEC-009 /authorize finds the session that is alive', async () => {
  await signInHere()
  await sendFrom(page, '/authorize', request())
  await page.waitForURL(/\/u\/confirm/)
  assert.match(await page.innerText('main'), /ada@example\.com/)
  const back = await arriving(page, world.loopback, () => press(page, 'accept'))
  assert.ok(back.searchParams.get('code'))
})

test('SEC-009 and leads straight to the app where nothing is to be asked, errors included', async () => {
  await sendFrom(page, '/authorize', request({ prompt: 'none', state: 'a b\n"c"' }))
  await page.waitForURL((url) => url.href.startsWith(world.loopback))
  const { searchParams } = new URL(page.url())
  assert.equal(searchParams.get('error'), 'login_required')
  // Forms write line breaks as CR LF; ours sends them on as they came.
  assert.equal(searchParams.get('state'), 'a b\r\n"c"')
})

test('SEC-019 the sign-in that waits in another tab lives on', async () => {
  await page.goto(world.server.url + authorizeUrl({ redirect_uri: world.loopback }))
  const before = (await cookie(browserCookie)) ?? assert.fail('no cookie')
  const other = await context.newPage()
  await sendFrom(other, '/authorize', request())
  await other.waitForURL(/\/u\/login/)
  assert.equal(await cookie(browserCookie), before)
  await arriving(page, world.loopback, () => signIn(page))
})

test('SEC-009 without JavaScript a button does it; nothing of the request is in an address', async () => {
  const plain = await world.browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false })
  try {
    const tab = await plain.newPage()
    const addresses: string[] = []
    tab.on('request', (sent) => addresses.push(sent.url()))
    // Longer than an address may be.
    await sendFrom(
      tab,
      '/authorize',
      request({ login_hint: 'ada@example.com', state: 's'.repeat(4000), claims: `{"x":"${'y'.repeat(8000)}"}` }),
    )
    await tab.click('button')
    await tab.waitForURL(/\/u\/login/)
    assert.equal(await tab.inputValue('#username'), 'ada@example.com')
    assert.doesNotMatch(addresses.join(), /ada|login_hint|sss/)
  } finally {
    await plain.close()
  }
})

test('RP-Initiated Logout §2: a form with the hint ends the session, and leads to the address on the list', async () => {
  const { browser, ...answer } = await signInSilently(world.server.url)
  const { body } = await exchange(world.server.url, answer)
  const domain = new URL(world.server.url).hostname
  await context.addCookies(
    [...browser.cookies].map(([name, value]) => ({
      name,
      value,
      domain,
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax' as const,
    })),
  )
  assert.equal(await isSignedIn(), true)
  const hint = { id_token_hint: String(body.id_token), post_logout_redirect_uri: world.loopback, state: 's' }
  await sendFrom(page, '/oidc/logout', hint)
  await page.waitForURL(`${world.loopback}?state=s`)
  assert.equal(await cookie('__Host-keywright'), undefined)
  assert.equal(await isSignedIn(), false)
})

test('SEC-311 a form without a hint asks, like a link; no foreign form can answer', async () => {
  await signInHere()
  await sendFrom(page, '/oidc/logout', { client_id: sample.clientId, action: 'accept' })
  await page.locator('button[value=accept]').waitFor()
  assert.ok(await cookie('__Host-keywright'))
  // Somehow the attacker got the right answer: it still does not come from our page.
  const csrf = await page.inputValue('input[name=csrf]')
  await sendFrom(page, '/oidc/logout', { client_id: sample.clientId, action: 'accept', csrf })
  assert.match(await page.innerText('main'), /not sent from our own page|Go back/i)
  assert.equal(await isSignedIn(), true)
  await sendFrom(page, '/oidc/logout', { client_id: sample.clientId })
  await press(page, 'accept')
  await page.waitForURL(world.loopback)
  assert.equal(await isSignedIn(), false)
})
