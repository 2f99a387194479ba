import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLoopbackBrowser } from './loopback-browser.ts'

const authorize = 'https://auth.example.com/authorize?state=s1'

test('resolves with the callback of its own request, whoever else knocks', async (t) => {
  const browser = await openLoopbackBrowser(async (_, redirectUri) => {
    const others = ['?code=c', '?code=c&state=other', '/../x?code=c&state=s1', '/x?state=s1']
    for (const other of others) assert.equal((await fetch(`${redirectUri}${other}`)).status, 404)
    assert.equal((await fetch(`${redirectUri}?state=s1&code=evil`, { method: 'POST' })).status, 404)
    const page = await fetch(`${redirectUri}?code=c&state=s1`)
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    assert.match(await page.text(), /You are signed in/)
  })
  t.after(() => browser.close())
  assert.match(browser.redirectUri, /^http:\/\/127\.0\.0\.1:\d+\/callback$/)
  assert.equal(await browser.open(authorize), `${browser.redirectUri}?code=c&state=s1`)
})

test('a refusal is received, too, and the page does not claim success', async (t) => {
  const browser = await openLoopbackBrowser(async (_, redirectUri) => {
    const page = await fetch(`${redirectUri}?error=access_denied&error_description=<b>&state=s1`)
    const html = await page.text()
    assert.match(html, /not completed/)
    assert.ok(!html.includes('<b>'))
  })
  t.after(() => browser.close())
  assert.match(await browser.open(authorize), /error=access_denied/)
})

test('two logins at once each get their own callback', async (t) => {
  const browser = await openLoopbackBrowser(async (url, redirectUri) => {
    await fetch(`${redirectUri}?code=c${new URL(url).search.replace('?', '&')}`)
  })
  t.after(() => browser.close())
  const [first, second] = await Promise.all([browser.open('https://a/?state=1'), browser.open('https://a/?state=2')])
  assert.ok(first.endsWith('state=1') && second.endsWith('state=2'))
})

test('gives up when nobody comes back', async (t) => {
  const browser = await openLoopbackBrowser(async () => undefined, 10)
  t.after(() => browser.close())
  await assert.rejects(browser.open(authorize), /Nobody came back/)
})
