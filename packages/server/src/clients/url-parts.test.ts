import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AppType, matchesAny, matchesRegistered, type UrlList, whyNotRegistrable } from './registered-url.ts'

const appTypes: AppType[] = ['native', 'spa', 'regular_web', 'non_interactive']
const lists: UrlList[] = ['callbacks', 'allowed_logout_urls', 'web_origins', 'allowed_origins', 'initiate_login_uri']

const callback = (url: string, appType: AppType = 'native', strict = false) =>
  whyNotRegistrable(url, { appType, list: 'callbacks', strict })

/** Malformed or dangerous everywhere, whoever asks: the corpus of SEC-046. */
const corpus: [requirement: string, url: string, says: RegExp][] = [
  ['SEC-025', 'https://app.example/cb#', /fragment/],
  ['SEC-025', 'https://app.example/cb#top', /fragment/],
  ['SEC-025', 'https://app.example#', /fragment/],
  ['SEC-026', 'https://user@app.example/cb', /user name/],
  ['SEC-026', 'https://app.example:pw@evil.test/cb', /user name/],
  ['SEC-026', 'https://@app.example/cb', /user name/],
  ['SEC-026', 'com.acme.app://user@t/cb', /user name/],
  ['SEC-027', 'https://app.example\\@evil.test/cb', /backslash/],
  ['SEC-027', 'https:\\\\app.example/cb', /backslash/],
  ['SEC-027', ' https://app.example/cb', /white space/],
  ['SEC-027', 'https://app.example/cb ', /white space/],
  ['SEC-027', 'https://app.example/c\tb', /white space/],
  ['SEC-027', 'https://app.example/cb\r\nSet-Cookie:x=1', /white space/],
  ['SEC-027', 'https://app.example/\u0000', /control/],
  ['SEC-027', 'https://app.example/\u007f', /control/],
  ['SEC-027', 'https://app.example/\u0090', /control/],
  ['SEC-027', 'https://app.example/ü', /outside ASCII/],
  ['SEC-027', 'https://app.example/\ud800', /outside ASCII/],
  ['SEC-028', 'https://app.example/cb/../x', /segment/],
  ['SEC-028', 'https://app.example/cb/./x', /segment/],
  ['SEC-028', 'https://app.example/cb/..', /segment/],
  ['SEC-028', 'https://app.example/cb/%2e%2e/x', /segment/],
  ['SEC-028', 'https://app.example/cb/.%2E/x', /segment/],
  ['SEC-028', 'https://app.example/cb/%252e./x', /segment/],
  ['SEC-028', 'https://app.example/cb/%25252e%25252E/x', /segment/],
  ['SEC-028', 'https://app.example/cb/..%2fx', /segment/],
  ['SEC-028', 'https://app.example/cb/..%5cx', /segment/],
  ['SEC-028', 'https://app.example/cb/..;/x', /segment/],
  ['SEC-028', 'com.acme.app:/cb/../x', /segment/],
  ['SEC-029', 'https://ａpp.example/cb', /outside ASCII/],
  ['SEC-029', 'https://аpp.example/cb', /outside ASCII/],
  ['SEC-029', 'https://app。example/cb', /outside ASCII/],
  ['SEC-029', 'https://xn--a/cb', /host/],
  ['SEC-029', 'https://app.xn--abc-.example/cb', /host/],
  ['SEC-029', 'https://ex%61mple.com/cb', /host/],
  ['SEC-029', 'https://app.example%2f.evil.test/cb', /host/],
  ['SEC-030', 'https://app.example:0/cb', /port/],
  ['SEC-030', 'https://app.example:65536/cb', /port/],
  ['SEC-030', 'https://app.example:0443/cb', /port/],
  ['SEC-030', 'https://app.example:/cb', /port/],
  ['SEC-030', 'https://app.example:+1/cb', /port/],
  ['SEC-031', 'http://127.1/cb', /host/],
  ['SEC-031', 'http://2130706433/cb', /host/],
  ['SEC-031', 'http://0x7f.0.0.1/cb', /host/],
  ['SEC-031', 'http://[0:0:0:0:0:0:0:1]/cb', /host/],
  ['SEC-031', 'http://[::ffff:127.0.0.1]/cb', /host/],
  ['SEC-031', 'http://localhost./cb', /host/],
  ['SEC-036', 'javascript:alert(1)', /slash|never/],
  ['SEC-036', 'javascript://app.example/%0aalert(1)', /never/],
  ['SEC-036', 'JaVaScRiPt://app.example/%0aalert(1)', /never/],
  ['SEC-036', '\u0001javascript://x/', /control/],
  ['SEC-036', ' javascript://x/', /white space/],
  ['SEC-036', 'java\nscript://x/', /white space/],
  ['SEC-036', 'data:text/html,x', /slash|never/],
  ['SEC-036', 'DATA://text/html', /never/],
  ['SEC-036', 'vbscript://x/', /never/],
  ['SEC-036', 'VBScript:/x', /never/],
  ['SEC-036', 'file:///etc/passwd', /never|host/],
  ['SEC-036', 'File:///c:/x', /never|host/],
  ['SEC-036', 'blob:https://app.example/1', /slash|never/],
  ['SEC-036', 'filesystem:/x', /never/],
  ['SEC-036', 'about:/blank', /never/],
  ['SEC-036', 'view-source:/x', /never/],
  ['SEC-036', 'View-Source://app.example/', /never/],
  ['SEC-036', 'intent://x/', /never/],
  ['SEC-044', '', /scheme/],
  ['SEC-044', '/cb', /scheme/],
  ['SEC-044', '//app.example/cb', /scheme/],
  ['SEC-044', 'app.example/cb', /scheme/],
  ['SEC-044', 'https:app.example/cb', /host/],
  ['SEC-044', 'https:/app.example/cb', /host/],
  ['SEC-044', 'https:///app.example/cb', /host/],
  ['SEC-044', 'https://', /host/],
  ['SEC-044', 'HTTPS://app.example/cb', /lower case/],
  ['SEC-044', 'https://app..example/cb', /host/],
  ['SEC-044', 'https://app.example./cb', /host/],
  ['SEC-044', 'https://app.exa(mple)/cb', /host/],
  ['SEC-044', 'https://[::1/cb', /host|bracket/],
  ['SEC-044', 'https://app.example/[x]', /bracket/],
  ['SEC-044', 'https://app.example/%', /%/],
  ['SEC-044', 'https://app.example/%zz', /%/],
  ['SEC-044', 'https://app.example/%u002e', /%/],
  ['SEC-044', 'https://app.example/<b>', /</],
  ['SEC-044', 'https://{organization_name}.app.example/cb', /\{/],
  ['SEC-044', 'com.acme.app:callback', /slash/],
  ['SEC-044', `https://app.example/${'a'.repeat(2048)}`, /longer/],
  ['SEC-040', 'https://*/cb', /suffix|host/],
  ['SEC-040', 'https://*.com/cb', /suffix|wildcard/],
  ['SEC-040', 'https://*.co.uk/cb', /suffix|wildcard/],
  ['SEC-040', 'https://*.github.io/cb', /suffix|wildcard/],
  ['SEC-040', 'https://a*.x.test/cb', /left-most/],
  ['SEC-040', 'https://*a.x.test/cb', /left-most/],
  ['SEC-040', 'https://*.*.x.test/cb', /left-most/],
  ['SEC-040', 'https://x.*.test/cb', /left-most/],
  ['SEC-040', 'https://**.x.test/cb', /left-most/],
  ['SEC-040', 'https://app.example/*', /host/],
  ['SEC-040', 'https://app.example/cb?x=*', /host/],
  ['SEC-040', 'https://*.1.2.3/cb', /host|suffix|wildcard/],
]

for (const [requirement, url, says] of corpus)
  test(`${requirement}, SEC-046: ${JSON.stringify(url.slice(0, 60))} is refused on every list and never matches itself`, () => {
    assert.match(callback(url, 'spa') ?? '', says)
    for (const appType of appTypes) {
      for (const list of lists) {
        const why = whyNotRegistrable(url, { appType, list })
        assert.ok(why, `${appType} ${list}`)
        assert.match(why, /^[A-Z].*\.$/, 'a sentence')
      }
      assert.equal(matchesRegistered(url, url, { appType }), false)
      assert.equal(matchesAny(url, [url, 'https://app.example/cb'], { appType }), false)
    }
  })

const plain = [
  'http://192.168.1.5/cb',
  'http://app.example/cb',
  'http://0.0.0.0/cb',
  'http://127.0.0.2/cb',
  'http://[::]/cb',
]
for (const url of [...plain, 'http://localhost.evil.test/cb'])
  test(`SEC-031, SEC-046: in strict mode ${url} is refused on every list and never matches itself`, () => {
    for (const appType of appTypes) {
      for (const list of lists) assert.match(whyNotRegistrable(url, { appType, list, strict: true }) ?? '', /http/)
      assert.equal(matchesRegistered(url, url, { appType, strict: true }), false)
    }
  })

test('SEC-027: one character of each class at each position of a good URL is refused', () => {
  const good = 'https://app.example:8443/cb?x=1'
  const classes = [
    '\u0000',
    '\u001f',
    '\t',
    '\n',
    '\r',
    ' ',
    '\\',
    '\u007f',
    '\u0080',
    '\u009f',
    '\u00a0',
    'é',
    '\u202e',
    '\u3000',
    '😀',
  ]
  for (let at = 0; at <= good.length; at++) {
    for (const character of classes) {
      const bad = good.slice(0, at) + character + good.slice(at)
      assert.ok(callback(bad), JSON.stringify(bad))
      assert.equal(matchesAny(bad, [bad, good], { appType: 'native' }), false)
    }
  }
})

test('a hostile URL costs little, whatever its length', () => {
  const registered = Array.from({ length: 500 }, (_, index) => `http://127.0.0.1:${index + 1}/cb`)
  const patterns = ['%25', '../', '.', '*.', '@', ':', '[', 'a.', '%2e/', '?', '#', ';..']
  const before = process.cpuUsage()
  for (const pattern of patterns)
    for (const start of ['https://', 'http://127.0.0.1:8400/', 'com.acme.app:/', ''])
      for (const length of [2048, 1_000_000])
        matchesAny((start + pattern.repeat(length / pattern.length)).slice(0, length), registered, {
          appType: 'native',
        })
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 2_000_000, `${user + system} µs for ${patterns.length * 8} lists of 500`)
})
