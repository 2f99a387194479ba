// The live pages for everybody: on a phone, by keyboard, from right to left, in the dark, with a screen reader.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, afterEach, before, test } from 'node:test'
import type { AxeResults } from 'axe-core'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl } from '../../packages/server/testing/login.ts'
import { arriving, press, signIn } from '../testing/sign-in.ts'
import { startWorld, type World } from '../testing/world.ts'

const axe: string = createRequire(import.meta.url)('axe-core').source
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

let world: World
let context: BrowserContext | undefined
before(async () => {
  world = await startWorld()
})
after(() => world?.stop())
afterEach(async () => {
  await context?.close()
  assert.deepEqual(world.server.errors, [])
})

const link = (over: Record<string, string | undefined> = {}) =>
  world.server.url + authorizeUrl({ redirect_uri: world.loopback, ...over })

async function opened(look: BrowserContextOptions, over: Record<string, string | undefined> = {}): Promise<Page> {
  context = await world.browser.newContext(look)
  const page = await context.newPage()
  await page.goto(link(over))
  return page
}

/** WCAG 2.2 AA as far as a machine can tell; nothing cut off at the side. */
async function requireAccessible(page: Page, name: string): Promise<void> {
  // axe measures no contrast on gradients; theme.test.ts does.
  await page.evaluate("document.body.style.backgroundImage = 'none'")
  await page.evaluate(axe)
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify({ runOnly })})`)) as AxeResults
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`)
  assert.deepEqual(found, [], name)
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${name} fits`)
}

const looks: [name: string, look: BrowserContextOptions, locale?: string][] = [
  ['on a phone', phone],
  ['on a desktop, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['on a phone, Arabic, dark', { ...phone, colorScheme: 'dark' }, 'ar'],
]

for (const [name, look, locale] of looks)
  test(`every screen of a login passes axe-core: ${name}`, async () => {
    const request = { prompt: 'consent', audience: sample.audience, scope: 'openid appointments', ui_locales: locale }
    const page = await opened(look, request)
    await requireAccessible(page, 'sign in')
    await signIn(page, 'incorrect')
    await page.locator('[role=alert]').waitFor()
    await requireAccessible(page, 'wrong password')
    await signIn(page)
    await page.waitForURL(/\/u\/consent/)
    await requireAccessible(page, 'consent')
    await arriving(page, world.loopback, () => press(page, 'accept'))
    for (const [screen, url] of [
      ['confirmation', link({ ui_locales: locale })],
      ['account chooser', link({ prompt: 'select_account', ui_locales: locale })],
      ['error', link({ redirect_uri: 'https://elsewhere.example', ui_locales: locale })],
      ['logout question', `${world.server.url}/oidc/logout?ui_locales=${locale ?? 'en'}`],
      ['/mobile', `${world.server.url}/mobile`],
    ] as const) {
      await page.goto(url)
      await requireAccessible(page, screen)
    }
  })

test('on a phone: everything in view without scrolling, and large enough for a thumb', async () => {
  const page = await opened(phone)
  for (const selector of ['#username', '#password', 'button[value=default]', 'button[value=cancel]']) {
    const box = (await page.locator(selector).boundingBox()) ?? assert.fail(selector)
    assert.ok(box.height >= 44, `${selector} is ${box.height} pixels high`)
    assert.ok(box.y + box.height <= 844 && box.x >= 0 && box.x + box.width <= 390, `${selector} is in view`)
  }
  const size = await page.locator('#username').evaluate((field) => Number.parseFloat(getComputedStyle(field).fontSize))
  assert.ok(size >= 16, 'iOS zooms into fields with smaller letters')
})

test('by keyboard alone: type, Tab, Enter; Enter on the question goes on', async () => {
  const page = await opened({})
  assert.equal(await focused(page), 'username', 'the first field has the focus')
  await page.keyboard.type(sample.email)
  await tabTo(page, 'password')
  await page.keyboard.type(sample.password)
  await arriving(page, world.loopback, () => page.keyboard.press('Enter'))

  await page.goto(link())
  await tabTo(page, 'accept')
  await arriving(page, world.loopback, () => page.keyboard.press('Enter'))
})

test('by keyboard: the password can be looked at, and the wrong one is told where the focus is', async () => {
  const page = await opened({})
  await page.keyboard.type(sample.email)
  await tabTo(page, 'password')
  await page.keyboard.type('incorrect')
  await tabTo(page, 'reveal')
  await page.keyboard.press('Space')
  assert.equal(await page.getAttribute('#password', 'type'), 'text')
  await tabTo(page, 'default')
  await page.keyboard.press('Enter')
  await page.locator('[role=alert]').waitFor()
  // The field to mend has the focus; what is wrong with it is announced, and describes it.
  assert.equal(await focused(page), 'password')
  assert.equal(await page.getAttribute('#password', 'aria-describedby'), 'problem')
})

const focused = (page: Page) =>
  page.evaluate('document.activeElement.id || document.activeElement.value') as Promise<string>

/** Presses Tab as a person would: until the focus is there, seen to be there, and not for ever. */
async function tabTo(page: Page, target: string): Promise<void> {
  for (let presses = 0; presses < 12; presses++) {
    await page.keyboard.press('Tab')
    if ((await focused(page)) !== target) continue
    const outline = 'const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement)'
    assert.ok(await page.evaluate(`(() => { ${outline}; return outlineStyle !== 'none' || boxShadow !== 'none' })()`))
    return
  }
  assert.fail(`Tab does not reach ${target}`)
}

test('in Arabic: from right to left, address and password from left to right', async () => {
  const page = await opened(phone, { ui_locales: 'xx ar en' })
  assert.deepEqual(
    await page.evaluate(
      '[document.documentElement.lang, document.documentElement.dir, getComputedStyle(document.body).direction]',
    ),
    ['ar', 'rtl', 'rtl'],
  )
  assert.match(await page.locator('h1').innerText(), /\p{Script=Arabic}/u)
  await page.fill('#username', sample.email)
  const direction = (selector: string) =>
    page.locator(selector).evaluate((element) => (element.matches(':dir(ltr)') ? 'ltr' : 'rtl'))
  assert.equal(await direction('#username'), 'ltr')
  await signIn(page, 'incorrect')
  await page.locator('[role=alert]').waitFor()
  assert.equal(await page.getAttribute('html', 'lang'), 'ar', 'the language stays through the login')
  await arriving(page, world.loopback, () => signIn(page))
})

test("the browser's language counts where the app asks for none", async () => {
  const page = await opened({ locale: 'fr-CH' })
  assert.equal(await page.getAttribute('html', 'lang'), 'fr')
})

test('in the dark: dark ground and light letters', async () => {
  const lightness = (page: Page) =>
    page.evaluate(() => {
      const probe = document.createElement('canvas').getContext('2d')
      const card = document.querySelector('main') ?? document.body
      if (!probe) return 0
      probe.fillStyle = getComputedStyle(card).color
      probe.fillRect(0, 0, 1, 1)
      return Math.max(...probe.getImageData(0, 0, 1, 1).data.slice(0, 3))
    })
  assert.ok((await lightness(await opened({ colorScheme: 'light' }))) < 100)
  await context?.close()
  assert.ok((await lightness(await opened({ colorScheme: 'dark' }))) > 155)
})
