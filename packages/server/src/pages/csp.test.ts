import assert from 'node:assert/strict'
import { test } from 'node:test'
import { samplePages } from '../../testing/sample-pages.ts'
import { contentSecurityPolicy } from './csp.ts'
import type { Page } from './page.ts'
import { wayTo } from './way-back.ts'
import { webMessagePage } from './web-message-page.ts'

const pages = samplePages({ tenantName: 'Aurora', locale: 'en' })
const directives = (policy: string) =>
  Object.fromEntries(
    policy.split('; ').map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)]),
  )

for (const [name, page] of Object.entries(pages))
  test(`SEC-169 SEC-170 the policy of ${name} allows nothing but the page's own`, () => {
    const policy = directives(contentSecurityPolicy(page.csp))
    for (const closed of ['default-src', 'base-uri', 'object-src', 'connect-src', 'frame-ancestors'])
      assert.equal(policy[closed], "'none'", closed)
    assert.match(policy['script-src'] ?? '', /^(?:'none'|'sha256-[\w+/=]+'(?: '|$))/)
    assert.match(policy['style-src'] ?? '', /^'sha256-/)
    assert.doesNotMatch(page.html, /\sstyle=|\son\w+=/)
    for (const form of page.html.matchAll(/<form[^>]* action="([^"]*)"/g)) assert.ok(form[1])
  })

const formAction = (page: Page) => directives(contentSecurityPolicy(page.csp))['form-action']

test('SEC-171 forms go to ourselves and to the app’s scheme; only one that ends on the web is not held back, however far that leads', () => {
  assert.equal(formAction(pages.login), "'self' com.aurora.app:")
  assert.equal(formAction(pages['logout-confirm']), "'self'")
  assert.equal(formAction(pages.error), "'none'")
  for (const page of [pages['login-plain'], pages['form-post'], pages.onward]) assert.equal(formAction(page), undefined)
})

test('SEC-171 the way to an address of the web may lead anywhere, that to a scheme ends there, and a page of ours is no way out', () => {
  for (const address of ['https://app.example/cb', 'http://127.0.0.1/cb', 'http://[::1]/cb'])
    assert.deepEqual(wayTo(address), { returnTargets: 'anywhere', leavesBrowser: false })
  assert.deepEqual(wayTo('com.app:/cb'), { returnTargets: ['com.app:/cb'], leavesBrowser: true })
  assert.deepEqual(wayTo(undefined), { returnTargets: [], leavesBrowser: false })
})

test('SEC-174 form_post has one form, to the registered callback', () => {
  const forms = [...pages['form-post'].html.matchAll(/<form[^>]* action="([^"]*)"/g)].map(([, action]) => action)
  assert.deepEqual(forms, ['https://app.aurora.example/cb'])
})

test('SEC-169 SEC-175 only the receiver may frame web_message, and it must be one plain origin', () => {
  const page = webMessagePage({ response: { code: 'c' }, targetOrigin: 'https://app.example' })
  assert.deepEqual(page.csp.frameAncestors, ['https://app.example'])
  for (const targetOrigin of [
    '*',
    'https://app.example/',
    'null',
    '',
    'https://*.example',
    'javascript:',
    'com.app://x',
  ])
    assert.throws(() => webMessagePage({ response: {}, targetOrigin }), TypeError, targetOrigin)
})

test('allows the tenant’s logo from its own origin, and no other picture', () => {
  const around = { tenantName: 'Aurora', locale: 'en', logoUrl: 'https://cdn.example/a,b;c.png' } as const
  const branded = samplePages(around)
  assert.deepEqual(branded['logged-out'].csp.imgSrc, ['https://cdn.example'])
  assert.match(branded['logged-out'].html, /<img src="https:\/\/cdn.example\/a,b;c.png"/)
})

test('SEC-178 pages that hold a code, or have one in their address, load nothing from elsewhere', () => {
  const branded = samplePages({ tenantName: 'Aurora', locale: 'en', logoUrl: 'https://cdn.example/logo.png' })
  for (const page of [branded.mobile, branded['mobile-failed'], branded['form-post']]) {
    assert.deepEqual(page.csp.imgSrc, [])
    assert.doesNotMatch(page.html, /<img|<link|url\(|@import| src=/)
    assert.match(page.html, /<meta name="referrer" content="no-referrer">/)
  }
})
