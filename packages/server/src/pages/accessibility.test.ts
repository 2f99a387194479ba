import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import type { AxeResults } from 'axe-core'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../../testing/chromium.ts'
import { servePages } from '../../testing/page-server.ts'
import { samplePages } from '../../testing/sample-pages.ts'
import type { Page, Surroundings } from './page.ts'

const axe: string = createRequire(import.meta.url)('axe-core').source
const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const phone = { width: 390, height: 844 }
const desktop = { width: 1280, height: 800 }
/** Those that hold every kind of element, for the looks that only change words and colours. */
const telling = ['login', 'login-error', 'consent-unverified', 'account-chooser', 'error-callback']
/** Let them stay. */
const sendsItself = ['form-post', 'onward']
const looks: [name: string, colorScheme: 'light' | 'dark', viewport: typeof phone, around: Partial<Surroundings>][] = [
  ['light on a phone', 'light', phone, {}],
  ['dark on a phone', 'dark', phone, {}],
  ['light on a desktop', 'light', desktop, {}],
  ['dark on a desktop', 'dark', desktop, {}],
  ['light, Arabic, in yellow', 'light', phone, { locale: 'ar', primaryColor: '#ffcc00', backgroundColor: '#000000' }],
  ['dark, Arabic, in navy', 'dark', phone, { locale: 'ar', primaryColor: '#00104d', backgroundColor: '#ffffff' }],
]

let browser: Browser
let shown: Page
let server: Awaited<ReturnType<typeof servePages>>

before(async () => {
  server = await servePages(() => shown)
  browser = await launchChromium()
})
after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

for (const [look, colorScheme, viewport, around] of looks)
  test(`every page meets WCAG 2.2 AA: ${look}`, async () => {
    const context = await browser.newContext({ colorScheme, viewport })
    const tab = await context.newPage()
    const pages = samplePages({
      tenantName: 'Aurora Health',
      locale: 'en',
      supportUrl: 'https://help.example',
      ...around,
    })
    for (const [name, page] of Object.entries(pages)) {
      if (around.locale && !telling.includes(name)) continue
      shown = sendsItself.includes(name) ? { ...page, csp: { ...page.csp, scriptHashes: [] } } : page
      await tab.goto(server.origin)
      // axe measures no contrast on gradients; theme.test.ts does, for the worst of them.
      await tab.evaluate("document.body.style.backgroundImage = 'none'")
      // Nor what lies beneath the bar that stays in sight; the focus never does (`scroll-padding`).
      await tab.evaluate("document.querySelectorAll('.decision').forEach((bar) => { bar.style.position = 'static' })")
      await tab.evaluate(axe)
      const options = { runOnly, resultTypes: ['violations', 'incomplete'] }
      const results = (await tab.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults
      const unsure = results.incomplete.filter(({ id }) => id === 'color-contrast')
      const found = [...results.violations, ...unsure].map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join('\n')}`,
      )
      assert.deepEqual(found, [], name)
      assert.equal(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${name} fits`)
    }
    await context.close()
  })

test('WCAG 1.4.10, 2.5.8: at 320 pixels nothing is cut off, and everything to press is 44 pixels high', async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 600 } })
  const tab = await context.newPage()
  const long = (value: string) =>
    value.includes(':') ? value : `${value} ${'Donaudampfschifffahrtsgesellschaft'.repeat(3)}`
  const pages = samplePages({ tenantName: 'A'.repeat(80), locale: 'de', supportUrl: 'https://help.example' }, long)
  for (const [name, page] of Object.entries(pages)) {
    shown = sendsItself.includes(name) ? { ...page, csp: { ...page.csp, scriptHashes: [] } } : page
    await tab.goto(server.origin)
    const [width, small] = await tab.evaluate(() => [
      document.documentElement.scrollWidth,
      [...document.querySelectorAll('a, button, input:not([type=hidden])')]
        .filter((element) => element.getBoundingClientRect().height < 44)
        .map((element) => element.outerHTML),
    ])
    assert.ok(Number(width) <= 320, `${name} is ${width} pixels wide`)
    assert.deepEqual(small, [], name)
  }
  await context.close()
})
