import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { launchChromium } from '../../testing/chromium.ts'
import { type Received, servePages } from '../../testing/page-server.ts'
import { consentPage } from './consent-page.ts'
import { formPostPage } from './form-post-page.ts'
import { type LoginPage, loginPage } from './login-page.ts'
import { mobilePage } from './mobile-page.ts'
import type { Page, Surroundings } from './page.ts'
import { wayTo } from './way-back.ts'
import { webMessagePage } from './web-message-page.ts'

const around: Surroundings = { tenantName: 'Aurora', locale: 'en' }
const login: LoginPage = {
  action: '/u/login',
  hidden: { state: 's&"1' },
  clientName: 'Aurora Mobile',
  connections: [],
  showPasswordForm: true,
  withUsernames: true,
  returnTargets: [],
  leavesBrowser: false,
}

let browser: Browser
before(async () => {
  browser = await launchChromium()
})
after(() => browser?.close())

/** A tab at our server, whatever it prints, and what reached the server. */
async function open(
  answer: (request: Received) => Page | { redirect: string } | { text: string },
  options?: BrowserContextOptions,
) {
  const server = await servePages(answer)
  const context = await browser.newContext(options)
  const tab = await context.newPage()
  const complaints: string[] = []
  tab.on('console', (message) => complaints.push(message.text()))
  const posted = () => server.received.filter(({ method }) => method === 'POST')
  return {
    tab,
    server,
    complaints,
    posted,
    async [Symbol.asyncDispose]() {
      await context.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

for (const javaScriptEnabled of [true, false])
  test(`SEC-185 signs in with scripts ${javaScriptEnabled ? 'on' : 'off'}, by the Enter key`, async () => {
    const page = loginPage(login, around)
    await using at = await open(({ path }) => (path === '/' ? page : { text: 'in' }), { javaScriptEnabled })
    await at.tab.goto(at.server.origin)
    await at.tab.locator('#username:focus').waitFor() // without a tap
    await at.tab.keyboard.type('ada')
    await at.tab.keyboard.press('Tab')
    await at.tab.keyboard.type('p&=ü')
    await at.tab.keyboard.press('Enter')
    await at.tab.waitForURL('**/u/login')
    const fields = Object.fromEntries(new URLSearchParams(at.posted()[0]?.body))
    assert.deepEqual(fields, { state: 's&"1', username: 'ada', password: 'p&=ü', action: 'default' })
    assert.equal(await at.tab.locator('#reveal').count(), 0)
  })

for (const viewport of [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
  { width: 667, height: 375 },
])
  test(`SEC-183: the decision is in sight, on six scopes or on sixty, at ${viewport.width}×${viewport.height}, and easy to hit`, async () => {
    const six = ['openid', 'profile', 'email', 'offline_access', 'appointments', 'read:contacts']
    for (const scopes of [six, [...six, ...Array.from({ length: 54 }, (_, i) => `read:thing${i}`)]]) {
      const page = consentPage(
        {
          ...login,
          firstParty: false,
          publisherVerified: false,
          returnTarget: 'com.aurora.app',
          account: 'ada.lovelace@example.com',
          audienceName: 'Appointments',
          scopes: scopes.map((value) => ({ value })),
        },
        around,
      )
      await using at = await open(() => page, { viewport })
      await at.tab.goto(at.server.origin)
      const box = async (action: string) => {
        const found = await at.tab.locator(`button[value=${action}]`).boundingBox()
        assert.ok(found, action)
        return found
      }
      const allow = await box('accept')
      assert.ok(allow.y + allow.height <= viewport.height, `it ends at ${allow.y + allow.height}`)
      for (const action of ['switch', 'accept', 'deny']) assert.ok((await box(action)).height >= 44, action)
    }
  })

test('cancelling needs no user name', async () => {
  const page = loginPage(login, around)
  await using at = await open(({ path }) => (path === '/' ? page : { text: 'out' }))
  await at.tab.goto(at.server.origin)
  await at.tab.getByRole('button', { name: 'Cancel' }).click()
  await at.tab.waitForURL('**/u/login')
  assert.equal(new URLSearchParams(at.posted()[0]?.body).get('action'), 'cancel')
})

test('shows and hides the password; without scripts there is no button to press in vain', async () => {
  const page = loginPage(login, around)
  await using at = await open(() => page)
  await at.tab.goto(at.server.origin)
  const reveal = at.tab.getByRole('button', { name: 'Show password' })
  const type = () => at.tab.locator('#password').getAttribute('type')
  await reveal.click()
  assert.deepEqual([await type(), await reveal.getAttribute('aria-pressed')], ['text', 'true'])
  await reveal.click()
  assert.deepEqual([await type(), await reveal.getAttribute('aria-pressed')], ['password', 'false'])

  await using without = await open(() => page, { javaScriptEnabled: false })
  await without.tab.goto(without.server.origin)
  assert.equal(await without.tab.locator('#reveal').isVisible(), false)
})

test('after a wrong password the password field has the focus, is alone red, and says why', async () => {
  const page = loginPage({ ...login, username: 'ada', error: 'wrong-credentials' }, around)
  await using at = await open(() => page, { javaScriptEnabled: false })
  await at.tab.goto(at.server.origin)
  await at.tab.locator('#password:focus').waitFor()
  const described = at.tab.locator('[aria-invalid], [aria-describedby]')
  assert.deepEqual(await described.evaluateAll((fields) => fields.map(({ id }) => id)), ['password'])
  assert.equal(await at.tab.locator('#password').getAttribute('aria-describedby'), 'problem')
  assert.match(await at.tab.locator('#problem[role=alert]').innerText(), /^Wrong email, username/)
  assert.equal(await at.tab.locator('#username').inputValue(), 'ada')
  assert.match(await at.tab.title(), /^Error: /)
})

test('a name that is missing is what has to be mended; what no field can mend has the focus itself', async () => {
  const missing = loginPage({ ...login, username: ' ', error: 'missing-fields' }, around)
  await using at = await open(() => missing, { javaScriptEnabled: false })
  await at.tab.goto(at.server.origin)
  await at.tab.locator('#username[aria-invalid=true]:focus').waitFor()
  assert.equal(await at.tab.locator('[aria-invalid]').count(), 1)

  const blocked = loginPage({ ...login, username: 'ada', error: 'blocked' }, around)
  await using other = await open(() => blocked, { javaScriptEnabled: false })
  await other.tab.goto(other.server.origin)
  await other.tab.locator('#problem:focus').waitFor()
  assert.equal(await other.tab.locator('[aria-invalid]').count(), 0)
})

test('asks for an email address where nobody has a user name', () => {
  const label = (html: string) => html.match(/<label for="username">(.*?)</)?.[1]
  assert.equal(label(loginPage(login, around).html), 'Email or username')
  const page = loginPage({ ...login, withUsernames: false, username: 'a', error: 'wrong-credentials' }, around).html
  assert.equal(label(page), 'Email address')
  assert.doesNotMatch(page, /username,|or username/)
})

for (const viewport of [
  { width: 667, height: 375 },
  { width: 390, height: 400 }, // above a keyboard
])
  test(`the button to sign in is in sight on a screen of ${viewport.width}×${viewport.height}`, async () => {
    for (const error of [undefined, 'wrong-credentials'] as const) {
      await using at = await open(() => loginPage({ ...login, username: 'ada', error }, around), { viewport })
      await at.tab.goto(at.server.origin)
      const box = await at.tab.getByRole('button', { name: 'Sign in' }).boundingBox()
      assert.ok(box && box.y + box.height <= viewport.height, `it ends at ${box && box.y + box.height}`)
      assert.equal(await at.tab.evaluate('scrollY'), 0)
    }
  })

test('a form that is on its way shows it', async () => {
  await using at = await open(() => loginPage(login, around))
  await at.tab.goto(at.server.origin)
  const spinner = () =>
    at.tab.locator('.primary').evaluate((button) => getComputedStyle(button, '::after').animationName)
  assert.equal(await spinner(), 'none')
  await at.tab.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())")
  await at.tab.locator('#username').fill('ada')
  await at.tab.locator('#password').fill('secret')
  await at.tab.keyboard.press('Enter')
  await at.tab.locator('form[aria-busy=true]').waitFor()
  assert.equal(await spinner(), 'turn')
})

test('a double tap sends the form once', async () => {
  const page = loginPage({ ...login, showPasswordForm: false }, around)
  await using at = await open(({ path }) => (path === '/' ? page : { text: 'done' }))
  await at.tab.goto(at.server.origin)
  await at.tab.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>('button[value=cancel]')
    button?.click()
    button?.click()
  })
  await at.tab.waitForURL('**/u/login')
  assert.equal(at.posted().length, 1)
})

test('SEC-171 a redirect to the app’s scheme is let through, and the page left behind says that it is over', async () => {
  const page = loginPage({ ...login, returnTargets: ['com.aurora.app:'], leavesBrowser: true }, around)
  await using at = await open(({ method }) => (method === 'POST' ? { redirect: 'com.aurora.app://cb?code=1' } : page))
  await at.tab.goto(at.server.origin)
  await at.tab.locator('#username').fill('ada')
  await at.tab.locator('#password').fill('secret')
  await at.tab.keyboard.press('Enter')
  await at.tab.getByRole('heading', { name: 'You can return to Aurora Mobile now' }).waitFor()
  assert.equal(await at.tab.locator('form').isVisible(), false)
  assert.equal(await at.tab.locator(':focus').innerText(), 'You can return to Aurora Mobile now')
  assert.deepEqual(
    at.complaints.filter((line) => line.includes('Content Security Policy')),
    [],
  )
})

test('SEC-171 a form that ends at an app’s scheme goes nowhere else', async () => {
  await using app = await servePages(() => ({ text: 'welcome' }))
  const page = loginPage({ ...login, returnTargets: ['com.aurora.app:'] }, around)
  await using at = await open(({ method }) => (method === 'POST' ? { redirect: `${app.origin}/cb?code=1` } : page))
  await at.tab.goto(at.server.origin)
  const refused = at.tab.waitForEvent('console', (message) => message.text().includes('form-action'))
  await at.tab.getByRole('button', { name: 'Cancel' }).click()
  await refused
  assert.deepEqual(app.received, [])
})

test('SEC-171 SEC-174 a callback that leads to another origin, and on to the app’s scheme, does not stop at our form', async () => {
  await using other = await servePages(() => ({ redirect: 'com.aurora.app://opened' }))
  await using app = await servePages(() => ({ redirect: `${other.origin.replace('127.0.0.1', 'localhost')}/on` }))
  const { returnTargets } = wayTo(app.origin)
  for (const page of [
    loginPage({ ...login, returnTargets }, around),
    formPostPage({ action: app.origin, fields: {} }, around),
  ]) {
    await using at = await open(({ method }) => (method === 'POST' ? { redirect: `${app.origin}/cb` } : page))
    const left = at.tab.waitForRequest((request) => request.url().startsWith('com.aurora.app:'))
    await at.tab.goto(at.server.origin, { waitUntil: 'commit' })
    if (page.html.includes('value="cancel"')) await at.tab.getByRole('button', { name: 'Cancel' }).click()
    assert.equal((await left).url(), 'com.aurora.app://opened')
  }
})

for (const javaScriptEnabled of [true, false])
  test(`SEC-174 form_post delivers each byte of the answer, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
    const fields = { code: 'c', state: `"'><script>&amp;%22 \u2028é`, submit: 'x', action: 'y' }
    await using app = await servePages(() => ({ text: 'welcome' }))
    const page = formPostPage({ action: `${app.origin}/cb?a=1&b="2`, fields }, around)
    await using at = await open(() => page, { javaScriptEnabled })
    await at.tab.goto(at.server.origin, { waitUntil: 'commit' })
    if (!javaScriptEnabled) await at.tab.getByRole('button', { name: 'Continue' }).click()
    await at.tab.waitForURL('**/cb?**')
    const post = app.received.find(({ method }) => method === 'POST')
    assert.equal(post?.path, '/cb?a=1&b=%222')
    assert.deepEqual(Object.fromEntries(new URLSearchParams(post?.body)), fields)
  })

test('SEC-175 web_message reaches the origin it is meant for, in a frame and in a popup, and no other', async () => {
  for (const how of ['frame', 'popup'])
    for (const meant of [true, false]) {
      const listen = '<script>messages = []; addEventListener("message", (e) => messages.push(e))</script>'
      await using app = await open(() => ({ text: `<!doctype html>${listen}` }))
      const targetOrigin = meant ? app.server.origin : 'https://other.example'
      const page = { ...webMessagePage({ response: { code: '<c>', state: 's' }, targetOrigin }) }
      // Framing by a stranger is refused by the policy; here the message itself must not arrive either.
      page.csp = { ...page.csp, frameAncestors: ['*'] }
      await using server = await servePages(() => page)
      await app.tab.goto(app.server.origin)
      const asked = app.tab
        .context()
        .waitForEvent('requestfinished', (request) => request.url().startsWith(server.origin))
      await app.tab.evaluate(
        ([url, inFrame]) => {
          if (inFrame) document.body.append(Object.assign(document.createElement('iframe'), { src: url }))
          else window.open(url)
        },
        [server.origin, how === 'frame'] as [string, boolean],
      )
      await asked
      if (meant) await app.tab.waitForFunction('messages.length > 0')
      else if (how === 'frame') await app.tab.frameLocator('iframe').locator('h1').waitFor()
      else await app.tab.context().pages()[1]?.locator('h1').waitFor()
      const got = await app.tab.evaluate('messages.map(({ data, origin }) => ({ data, origin }))')
      const data = { type: 'authorization_response', response: { code: '<c>', state: 's' } }
      assert.deepEqual(got, meant ? [{ data, origin: server.origin }] : [], how)
    }
})

test('SEC-179 /mobile takes the code out of the address, but not before the app could read it', async () => {
  const page = mobilePage({}, around)
  await using at = await open(() => page)
  await at.tab.clock.install()
  await at.tab.goto(`${at.server.origin}/mobile?code=c&state=s`)
  assert.equal(new URL(at.tab.url()).search, '?code=c&state=s')
  await at.tab.clock.runFor(5000)
  assert.equal(await at.tab.evaluate('location.search'), '')
  assert.equal(await at.tab.evaluate('history.length'), 2)
})

/** What the server asks for and checks (`connections/database/proof-of-work.ts`). */
const isDone = (challenge: string, work: string) => {
  const [, solution = ''] = work.split(`${challenge}.`)
  return /^\d+$/.test(solution) && pbkdf2Sync(solution, challenge, 1000, 4, 'sha256').readUInt32BE() >>> (32 - 6) === 0
}
const working = loginPage({ ...login, username: 'ada', error: 'work-needed', work: '6.123.challenge' }, around)

test('SEC-193 a browser that is asked for work does it before it sends the form, once, and cancels without it', async () => {
  await using site = await open(() => working)
  await site.tab.goto(site.server.origin)
  assert.equal(await site.tab.locator('#cannot-work').isVisible(), false)
  await site.tab.fill('#password', 'secret')
  await site.tab.click('button.primary')
  await site.tab.waitForURL('**/u/login')
  const [sent, ...more] = site.posted()
  assert.equal(more.length, 0)
  const form = new URLSearchParams(sent?.body ?? '')
  assert.ok(isDone('6.123.challenge', form.get('work') ?? ''))
  assert.deepEqual([form.get('username'), form.get('password'), form.get('action')], ['ada', 'secret', 'default'])

  await site.tab.goto(site.server.origin)
  await site.tab.click('button[value=cancel]')
  await site.tab.waitForURL('**/u/login')
  assert.match(site.posted().at(-1)?.body ?? '', /action=cancel/)
  assert.deepEqual(site.complaints, [])
})

test('a browser without scripts is told what else it can do', async () => {
  await using site = await open(() => working, { javaScriptEnabled: false })
  await site.tab.goto(site.server.origin)
  assert.equal(await site.tab.locator('#cannot-work').isVisible(), true)
  assert.equal(await site.tab.locator('#working').isVisible(), false)
})
