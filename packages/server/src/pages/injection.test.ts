import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page as Tab } from 'playwright-core'
import { launchChromium } from '../../testing/chromium.ts'
import { servePages } from '../../testing/page-server.ts'
import { samplePages } from '../../testing/sample-pages.ts'
import type { Page, Surroundings } from './page.ts'
import { webMessagePage } from './web-message-page.ts'

const polyglots = [
  `"'\`></title></style></script></textarea><script>hacked=1</script><img src=x onerror=hacked=1><kw-injected a="`,
  `jaVasCript:/*-/*\`/*\\\`/*'/*"/**/(/* */onerror=hacked=1 )//%0D%0A//</stYle/</titLe/</scRipt/--!>\\x3csVg/<sVg/oNloAd=hacked=1//>\\x3e`,
  `javascript:hacked=1//" autofocus onfocus="hacked=1" style="position:fixed" x="\r\n\u2028]]><!--{{7*7}}\${7*7}&lt;script&gt;`,
]

const plain: Surroundings = { tenantName: 'Aurora', locale: 'en', supportUrl: 'https://help.aurora.example' }
const hostile = (payload: string): Surroundings => ({
  tenantName: payload,
  locale: 'ar',
  logoUrl: `https://cdn.example/${payload}`,
  primaryColor: payload,
  backgroundColor: `#ffffff${payload}`,
  supportUrl: payload,
  supportEmail: `a@b.example${payload}`,
})

const isForeign = (url: URL) => url.hostname !== '127.0.0.1'

let browser: Browser
let tab: Tab
/** Takes markup apart without showing it. */
let bench: Tab
let shown: Page
let server: Awaited<ReturnType<typeof servePages>>

before(async () => {
  server = await servePages(({ path }) => (path === '/' ? shown : { text: '' }))
  browser = await launchChromium()
  tab = await browser.newPage()
  bench = await browser.newPage()
  await tab.route(isForeign, (route) => route.abort())
})
after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

/** What a browser makes of the markup: its kinds of elements with their attributes, and each address in it. */
async function anatomy(page: Page) {
  return bench.evaluate((markup) => {
    const elements = [...new DOMParser().parseFromString(markup, 'text/html').querySelectorAll('*')]
    const addresses = elements.flatMap((element) =>
      ['href', 'src', 'action', 'formaction'].map((name) => element.getAttribute(name) ?? ''),
    )
    return {
      kinds: elements.map((element) => `${element.localName}[${element.getAttributeNames().sort().join()}]`),
      names: elements.map((element) => element.localName),
      scripts: elements.filter((element) => element.localName === 'script').map((element) => element.textContent),
      addresses: addresses.filter(Boolean),
    }
  }, page.html)
}

const benign = samplePages(plain)
const fills: [how: string, fill: (payload: string) => (value: string) => string][] = [
  ['in place of', (payload) => () => payload],
  ['behind', (payload) => (value) => value + payload],
]

for (const [index, payload] of polyglots.entries())
  for (const [how, fill] of fills)
    test(`SEC-172 polyglot ${index + 1} ${how} each value of each page adds no element, attribute or script`, async () => {
      const plainOnes = await Promise.all(Object.values(benign).map(anatomy))
      const allowed = new Set(plainOnes.flatMap(({ kinds }) => kinds))
      for (const [name, page] of Object.entries(samplePages(hostile(payload), fill(payload)))) {
        const unharmed = await anatomy(benign[name as keyof typeof benign])
        const found = await anatomy(page)
        const strange = found.kinds.filter((kind) => !allowed.has(kind))
        assert.deepEqual(strange, [], `${name}: kinds of elements`)
        assert.deepEqual(found.scripts, unharmed.scripts, `${name}: scripts`)
        for (const address of found.addresses)
          assert.match(address, /^(?:https?:|mailto:|\/(?!\/))/, `${name}: addresses`)

        if (name === 'form-post' || name === 'onward') continue // sends itself away; its markup has been looked at
        shown = page
        await tab.goto(server.origin)
        assert.equal(await tab.evaluate('typeof hacked'), 'undefined', `${name}: nothing ran`)
      }
    })

test('SEC-170 a script that slips into a page does not run', async () => {
  for (const [name, page] of Object.entries(benign)) {
    if (name === 'form-post' || name === 'onward') continue
    const slip = '<script>hacked=1</script><img src="data:," onerror="hacked=1"><style>body{display:none}</style>'
    shown = { ...page, html: page.html.replace('</main>', `${slip}</main>`) }
    await tab.goto(server.origin)
    assert.equal(await tab.evaluate('typeof hacked'), 'undefined', name)
    assert.notEqual(await tab.evaluate('getComputedStyle(document.body).display'), 'none', name)
  }
})

test('SEC-172 SEC-175 what a web_message carries stays a value', async () => {
  for (const payload of polyglots) {
    const response = { state: payload, code: payload, error_description: payload }
    const page = webMessagePage({ response, targetOrigin: 'https://app.example' })
    const { names, scripts } = await anatomy(page)
    assert.deepEqual(names, ['html', 'head', 'meta', 'meta', 'meta', 'title', 'body', 'h1', 'script'])
    assert.equal(scripts.length, 1)
    const carried = await bench.evaluate(
      (markup) => new DOMParser().parseFromString(markup, 'text/html').body.dataset.message ?? '',
      page.html,
    )
    assert.deepEqual(JSON.parse(carried), { type: 'authorization_response', response })
  }
})
