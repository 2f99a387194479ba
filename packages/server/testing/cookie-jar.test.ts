// The tests' browser and a real one, side by side: the same cookies, set and sent in every way that a page can be asked for.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'
import { CookieJar, fetchHeaders, type Initiator, typed } from './cookie-jar.ts'

const inAnHour = new Date(Date.now() + 3_600_000).toUTCString()
const longAgo = new Date(0).toUTCString()
const lines = [
  'plain=1',
  'lax=1; SameSite=Lax',
  'strict=1; SameSite=Strict',
  'none=1; SameSite=None; Secure',
  'none-insecure=1; SameSite=None',
  'odd=1; SameSite=Sometimes',
  'secure=1; Secure; SameSite=Lax',
  'root=1; Path=/; SameSite=Lax',
  'deeper=1; Path=/a/b/c; SameSite=Lax',
  'sibling=1; Path=/a/bb; SameSite=Lax',
  'relative=1; Path=a; SameSite=Lax',
  '__Host-good=1; Path=/; Secure; SameSite=Lax',
  '__Host-open=1; Path=/; SameSite=Lax',
  '__Host-deep=1; Path=/a; Secure; SameSite=Lax',
  '__Host-domain=1; Path=/; Secure; Domain=localhost; SameSite=Lax',
  '__Secure-good=1; Secure; SameSite=Lax',
  '__Secure-open=1; SameSite=Lax',
  'foreign=1; Domain=example.com; SameSite=Lax',
  'hour=1; Max-Age=3600; SameSite=Lax',
  'gone=1; Max-Age=0; SameSite=Lax',
  'negative=1; Max-Age=-5; SameSite=Lax',
  `until=1; Expires=${inAnHour}; SameSite=Lax`,
  `past=1; Expires=${longAgo}; SameSite=Lax`,
  `both=1; Expires=${longAgo}; Max-Age=3600; SameSite=Lax`,
  'twice=1; SameSite=Lax',
  'twice=2; SameSite=Lax',
  'taken=1; SameSite=Lax',
  'taken=; Max-Age=0; SameSite=Lax',
  'sign=a=b=; SameSite=Lax',
  ' spaced = 1 ; SameSite = Lax',
]

/** What came of each request, by its path. */
const seen = new Map<string, { cookie: string | undefined; headers: Record<string, unknown> }>()
const server = createServer((request, response) => {
  const path = (request.url ?? '').replace(/\?$/, '') // a form that asks by GET and has no fields
  const { cookie, ...headers } = request.headers
  seen.set(path, { cookie, headers })
  if (path.includes('set')) response.setHeader('set-cookie', lines)
  if (path.includes('redirect')) response.writeHead(302, { location: path.replace('redirect', 'landed') }).end()
  else response.setHeader('content-type', 'text/html').end('<!doctype html><title>x</title>')
})

let chromium: Browser
before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  chromium = await launchChromium()
})
after(async () => {
  await chromium?.close()
  server.closeAllConnections()
  server.close()
})

// Two sites on one server: a browser compares hosts, not addresses.
const at = (host: string, path: string) => `http://${host}:${(server.address() as AddressInfo).port}${path}`
const own = (path: string) => at('localhost', path)

const ways: Record<string, { method: string; by: () => Initiator }> = {
  'typed by the user': { method: 'GET', by: () => typed },
  'a link of our own': { method: 'GET', by: () => ({ page: own('/home'), how: 'link' }) },
  'a form of our own': { method: 'POST', by: () => ({ page: own('/home'), how: 'form' }) },
  'a picture of our own': { method: 'GET', by: () => ({ page: own('/home'), how: 'image' }) },
  'a link of another site': { method: 'GET', by: () => ({ page: at('127.0.0.1', '/evil'), how: 'link' }) },
  'a form of another site': { method: 'POST', by: () => ({ page: at('127.0.0.1', '/evil'), how: 'form' }) },
  'a form of another site that asks by GET': {
    method: 'GET',
    by: () => ({ page: at('127.0.0.1', '/evil'), how: 'form' }),
  },
  'a frame of another site': { method: 'GET', by: () => ({ page: at('127.0.0.1', '/evil'), how: 'frame' }) },
  'a form in a frame of another site': { method: 'POST', by: () => ({ page: at('127.0.0.1', '/evil'), how: 'frame' }) },
  'a picture of another site': { method: 'GET', by: () => ({ page: at('127.0.0.1', '/evil'), how: 'image' }) },
}

/** Asks as the table says, with the real browser. */
async function visit(page: Page, path: string, { method, by }: (typeof ways)[string]): Promise<void> {
  const { page: from, how } = by()
  const url = own(path)
  if (from === undefined) return void (await page.goto(url))
  await page.goto(from)
  if (how === 'image')
    return page.evaluate(
      (src) => new Promise<void>((done) => Object.assign(new Image(), { src, onload: done, onerror: done })),
      url,
    )
  const landed = own(path.replace('redirect', 'landed'))
  const ends = page.waitForResponse((response) => response.url().replace(/\?$/, '') === landed)
  await page.evaluate(
    ([how, method, url]) => {
      if (how === 'link') return location.assign(url)
      const form = Object.assign(document.createElement('form'), { method, action: url })
      if (how === 'frame') {
        document.body.append(Object.assign(document.createElement('iframe'), { name: 'frame' }))
        form.target = 'frame'
      }
      document.body.append(form)
      form.submit()
    },
    [how, method, url] as const,
  )
  await (await ends).finished()
}

const sorted = (cookie: string | undefined) => (cookie ?? '').split('; ').toSorted()

describe('sets and sends what Chromium does', () => {
  for (const [setting, set] of Object.entries(ways))
    test(`set when asked by ${setting}, sent when asked in every way`, async () => {
      const context = await chromium.newContext()
      try {
        const page = await context.newPage()
        const jar = new CookieJar(own('/'))
        const id = setting.replaceAll(' ', '-')
        await visit(page, `/a/b/set-${id}`, set)
        for (const line of lines) jar.keep(line, { url: own(`/a/b/set-${id}`), by: set.by() })
        for (const [reading, read] of Object.entries(ways)) {
          // Paths do not depend on the way.
          for (const folder of read.by() === typed ? ['/a/b/c', '/a/b', '/a', '/a/bbb'] : ['/a/b/c']) {
            const path = `${folder}/read-${id}-${reading.replaceAll(' ', '-')}`
            await visit(page, path, read)
            const sent = { url: own(path), method: read.method, by: read.by() }
            const { cookie, headers } = seen.get(path) ?? assert.fail(`${path} was not asked for`)
            assert.deepEqual(sorted(jar.headerFor(sent)), sorted(cookie), `${reading}, ${folder}`)
            // Of a page of ours only under its own policy, which this server's pages do not have.
            for (const [name, value] of Object.entries(fetchHeaders(sent)))
              if (name !== 'origin' || value !== 'null') assert.equal(headers[name], value, `${reading}: ${name}`)
          }
        }
      } finally {
        await context.close()
      }
    })
})

test('a redirect is followed on behalf of whoever asked first', async () => {
  const context = await chromium.newContext()
  try {
    const page = await context.newPage()
    const jar = new CookieJar(own('/'))
    await visit(page, '/a/b/set', ways['typed by the user'] ?? assert.fail())
    for (const line of lines) jar.keep(line, { url: own('/a/b/set'), by: typed })
    for (const [reading, read] of Object.entries(ways)) {
      const path = `/a/b/redirect-${reading.replaceAll(' ', '-')}`
      await visit(page, path, read)
      const landed = path.replace('redirect', 'landed')
      const { cookie, headers } = seen.get(landed) ?? assert.fail(`${landed} was not asked for`)
      // 302 turns a form into a GET.
      const sent = { url: own(landed), method: 'GET', by: read.by() }
      assert.deepEqual(sorted(jar.headerFor(sent)), sorted(cookie), reading)
      assert.equal(headers['sec-fetch-site'], fetchHeaders(sent)['sec-fetch-site'], reading)
    }
  } finally {
    await context.close()
  }
})

test('time passes: what has expired is not sent, and what has no SameSite loses its two minutes', () => {
  let now = 1_000_000
  const jar = new CookieJar('https://us.example', () => now)
  const sent = (method: string) =>
    jar.headerFor({ url: 'https://us.example/', method, by: { page: 'https://evil.example', how: 'form' } })
  for (const line of ['a=1', 'b=1; SameSite=None; Secure; Max-Age=300'])
    jar.keep(line, { url: 'https://us.example/', by: typed })
  assert.equal(sent('POST'), 'a=1; b=1')
  now += 120_000
  assert.equal(sent('POST'), 'b=1')
  assert.equal(sent('GET'), 'a=1; b=1')
  now += 180_000
  assert.equal(sent('GET'), 'a=1')
})

describe('hosts and sites that one machine does not have', () => {
  const sent = (url: string, page: string, how: Initiator['how'] = 'form') => ({
    url,
    method: 'POST',
    by: { page, how },
  })
  const jar = new CookieJar('https://id.example.com')
  for (const line of [
    'host=1; SameSite=Lax',
    'shared=1; Domain=example.com; SameSite=Lax',
    '__Host-a=1; Path=/; Secure; SameSite=Lax',
  ])
    jar.keep(line, { url: 'https://id.example.com/', by: typed })

  for (const [url, page, expected] of [
    ['https://id.example.com/', 'https://app.example.com/', 'host=1; shared=1; __Host-a=1'],
    ['https://id.example.com/', 'https://example.net/', undefined],
    ['https://id.example.com/', 'http://app.example.com/', undefined],
    ['https://app.example.com/', 'https://id.example.com/', 'shared=1'],
    ['https://badexample.com/', 'https://badexample.com/', undefined],
    ['http://id.example.com/', 'http://id.example.com/', 'host=1; shared=1'],
  ] as const)
    test(`a form of ${page} to ${url}`, () => assert.equal(jar.headerFor(sent(url, page)), expected))

  test('neighbours under a public suffix are strangers', () => {
    const one = new CookieJar('https://one.github.io')
    one.set('a', '1')
    assert.equal(one.headerFor(sent('https://one.github.io/', 'https://two.github.io/')), undefined)
  })
})
