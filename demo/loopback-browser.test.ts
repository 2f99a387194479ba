import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLoopbackBrowser } from './loopback-browser.ts'

const pageFor = (returnTo: string, state: string, parameter = 'redirect_uri') =>
  `https://auth.example.com/page?${new URLSearchParams({ [parameter]: returnTo, state })}`

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
  assert.equal(await browser.open(pageFor(browser.redirectUri, 's1')), `${browser.redirectUri}?code=c&state=s1`)
})

test('a refusal is received, too, and the page does not claim success', async (t) => {
  const browser = await openLoopbackBrowser(async (_, redirectUri) => {
    const page = await fetch(`${redirectUri}?error=access_denied&error_description=<b>&state=s1`)
    const html = await page.text()
    assert.match(html, /not completed/)
    assert.ok(!html.includes('<b>'))
  })
  t.after(() => browser.close())
  assert.match(await browser.open(pageFor(browser.redirectUri, 's1')), /error=access_denied/)
})

test('two logins at once each get their own callback', async (t) => {
  const browser = await openLoopbackBrowser(async (url, redirectUri) => {
    await fetch(`${redirectUri}?code=c&state=${new URL(url).searchParams.get('state')}`)
  })
  t.after(() => browser.close())
  const [first, second] = await Promise.all(
    ['1', '2'].map((state) => browser.open(pageFor(browser.redirectUri, state))),
  )
  assert.ok(first?.endsWith('state=1') && second?.endsWith('state=2'))
})

test('gives up when nobody comes back', async (t) => {
  const browser = await openLoopbackBrowser(async () => undefined, 10)
  t.after(() => browser.close())
  await assert.rejects(browser.open(pageFor(browser.redirectUri, 's1')), /Nobody came back/)
})

test('a logout returns without a state, to an address of its own', async (t) => {
  const browser = await openLoopbackBrowser(async (_, returnTo) => {
    assert.match(await (await fetch(returnTo)).text(), /You are signed out/)
  })
  t.after(() => browser.close())
  const { logoutUri } = browser
  const page = `https://auth.example.com/oidc/logout?${new URLSearchParams({ post_logout_redirect_uri: logoutUri })}`
  assert.equal(await browser.open(page), logoutUri)
})
