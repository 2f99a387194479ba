import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  type AppType,
  isNonVerifiable,
  matchesAny,
  matchesAnyOrigin,
  matchesRegistered,
  originOf,
  type UrlList,
  whyNotRegistrable,
} from './registered-url.ts'

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
  ['SEC-031', 'http://192.168.1.5/cb', /http/],
  ['SEC-031', 'http://app.example/cb', /http/],
  ['SEC-031', 'http://0.0.0.0/cb', /http/],
  ['SEC-031', 'http://127.0.0.2/cb', /http/],
  ['SEC-031', 'http://127.1/cb', /host/],
  ['SEC-031', 'http://2130706433/cb', /host/],
  ['SEC-031', 'http://0x7f.0.0.1/cb', /host/],
  ['SEC-031', 'http://[::]/cb', /http/],
  ['SEC-031', 'http://[0:0:0:0:0:0:0:1]/cb', /host/],
  ['SEC-031', 'http://[::ffff:127.0.0.1]/cb', /host/],
  ['SEC-031', 'http://localhost./cb', /host/],
  ['SEC-031', 'http://localhost.evil.test/cb', /http/],
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
    for (const appType of appTypes) {
      for (const list of lists) {
        const why = whyNotRegistrable(url, { appType, list })
        assert.ok(why, `${appType} ${list}`)
        assert.match(why, /^[A-Z].*\.$/, 'a sentence')
      }
      assert.match(callback(url, appType) ?? '', appType === 'native' ? /./ : says)
      assert.equal(matchesRegistered(url, url, { appType }), false)
      assert.equal(matchesAny(url, [url, 'https://app.example/cb'], { appType }), false)
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

describe('SEC-037: the type of the client decides which forms are legal', () => {
  const web: AppType[] = ['spa', 'regular_web', 'non_interactive']
  const forms: [url: string, allowed: AppType[], allowedInStrictMode: AppType[]][] = [
    ['https://app.example/cb', appTypes, appTypes],
    ['https://app.example', appTypes, appTypes],
    ['https://App.Example/cb', appTypes, appTypes],
    ['https://app.example:443/cb', appTypes, appTypes],
    ['https://app.example/cb?x=1&y=%23', appTypes, appTypes],
    ['https://app.example/a.b/...;/~c//', appTypes, appTypes],
    ['https://192.168.1.5/cb', appTypes, appTypes],
    ['https://xn--mnchen-3ya.example/cb', appTypes, appTypes],
    ['https://auth.example/mobile', appTypes, appTypes],
    ['com.myclientapp://myclientapp.com/callback', ['native'], ['native']],
    ['com.Acme.App://auth.example/ios/com.Acme.App/callback', ['native'], ['native']],
    ['com.acme.app:/cb', ['native'], ['native']],
    ['com.acme.app:///cb', ['native'], ['native']],
    ['com.acme.app://', ['native'], ['native']],
    ['myapp://cb', ['native'], []], // SEC-035
    ['exp://127.0.0.1:19000/--/cb', ['native'], []],
    ['http://127.0.0.1/cb', appTypes, ['native']],
    ['http://127.0.0.1:8400/cb', appTypes, ['native']],
    ['http://[::1]:8400/cb', appTypes, ['native']],
    ['http://localhost:3000', appTypes, []], // SEC-031
    ['http://localhost:3000/mobile', appTypes, []],
    ['http://acme.localhost:3000/mobile', appTypes, []],
    ['https://*.app.example/cb', web, []], // SEC-040
    ['https://*.x.test/cb', web, []],
    ['http://*.app.localhost:3000/cb', web, []],
    ['http://*.app.example/cb', [], []], // SEC-031
  ]
  for (const [url, allowed, allowedInStrictMode] of forms)
    test(url, () => {
      assert.deepEqual(
        appTypes.filter((type) => callback(url, type) === undefined),
        allowed,
      )
      assert.deepEqual(
        appTypes.filter((type) => callback(url, type, true) === undefined),
        allowedInStrictMode,
      )
      for (const appType of allowed)
        if (!url.includes('*')) assert.equal(matchesRegistered(url, url, { appType }), true, `SEC-044: ${appType}`)
      for (const appType of appTypes)
        if (!allowed.includes(appType))
          assert.equal(matchesRegistered(url, url, { appType }), false, `SEC-044: ${appType}`)
    })
})

describe('SEC-046: what only one list asks for', () => {
  const cases: [UrlList, url: string, ok: boolean][] = [
    ['initiate_login_uri', 'https://app.example/login?a=b', true],
    ['initiate_login_uri', 'http://localhost:3000/login', false],
    ['initiate_login_uri', 'https://localhost/login', false],
    ['initiate_login_uri', 'https://LOCALHOST/login', false],
    ['initiate_login_uri', 'com.acme.app://t/login', false],
    ['initiate_login_uri', 'https://*.app.example/login', false],
    ['web_origins', 'https://app.example', true],
    ['web_origins', 'capacitor://localhost', true],
    ['web_origins', 'com.acme.app:/cb', false],
    ['web_origins', 'null', false],
    ['allowed_origins', 'http://localhost:3000', true],
    ['allowed_origins', 'com.acme.app:///', false],
    ['allowed_logout_urls', 'com.acme.app:/signed-out', true],
  ]
  for (const [list, url, ok] of cases)
    test(`${list} ${ok ? 'takes' : 'refuses'} ${url}`, () =>
      assert.equal(whyNotRegistrable(url, { appType: 'native', list }) === undefined, ok))
})

describe('SEC-023: exactly the registered bytes', () => {
  const registered = ['https://app.example/cb', 'https://app.example/cb?x=1', 'com.acme.app://t/cb']
  const accepted = registered
  const refused = [
    'https://app.example/cb/',
    'https://app.example/Cb',
    'https://App.example/cb',
    'https://app.example:443/cb', // SEC-030
    'https://app.example:444/cb',
    'https://app.example/cb?',
    'https://app.example/cb?x=2',
    'https://app.example/cb?x=1&y=2',
    'https://app.example/%63b',
    'https://app.example//cb',
    'https://app.example/cb/x',
    'https://app.example',
    'https://app.example.evil.test/cb',
    'https://evil.test/https://app.example/cb',
    'https://www.app.example/cb',
    'http://app.example/cb',
    'com.acme.app2://t/cb', // SEC-035
    'com.acme.app://t/cb2',
    'com.acme.app://T/cb',
    'COM.acme.app://t/cb',
    'com.acme.app:/cb',
    'http://127.0.0.1:8400/cb', // SEC-034: none was registered
    'http://localhost:8400/cb',
  ]
  for (const appType of appTypes) {
    for (const url of accepted.slice(0, appType === 'native' ? 3 : 2))
      test(`${appType}: accepts ${url}`, () => assert.equal(matchesAny(url, registered, { appType }), true))
    for (const url of refused)
      test(`${appType}: refuses ${url}`, () => assert.equal(matchesAny(url, registered, { appType }), false))
  }
})

describe('SEC-032: a native client that registered a loopback URI may use any port', () => {
  const hosts = ['127.0.0.1', '[::1]', 'localhost'] // SEC-033: localhost by decision, see matchesLoopback
  for (const host of hosts)
    for (const registeredPort of ['', ':3000']) {
      const registered = `http://${host}${registeredPort}/cb?x=1`
      const native = (url: string) => matchesRegistered(url, registered, { appType: 'native' })

      test(`${registered}: ports 1, 8080, 65535 and none pass`, () => {
        for (const port of ['', ':1', ':80', ':8080', ':65535'])
          assert.equal(native(`http://${host}${port}/cb?x=1`), true, port)
      })
      test(`${registered}: bad ports, other path, other query and https fail`, () => {
        for (const port of [
          ':0',
          ':65536',
          ':',
          ':08',
          ':x',
          ':8080:1',
          '1',
          '.evil.test',
          '@evil.test',
          ':80@evil.test',
        ])
          assert.equal(native(`http://${host}${port}/cb?x=1`), false, port)
        for (const rest of ['/', '', '/cb', '/cb?', '/cb?x=1&y', '/cb/?x=1', '/CB?x=1', '/cb?x=2'])
          assert.equal(native(`http://${host}:8080${rest}`), false, rest)
        assert.equal(native(`https://${host}:8080/cb?x=1`), false)
      })
      test(`SEC-033: ${registered} is not the same under another name`, () => {
        for (const other of [...hosts, '127.0.0.2', '127.1', 'LOCALHOST', 'a.localhost', '[::ffff:7f00:1]'])
          if (other !== host) assert.equal(native(`http://${other}${registeredPort}/cb?x=1`), false, other)
      })
      test(`SEC-034: web clients get no port freedom for ${registered}`, () => {
        for (const appType of ['spa', 'regular_web', 'non_interactive'] as const) {
          assert.equal(matchesRegistered(registered, registered, { appType }), true)
          assert.equal(matchesRegistered(`http://${host}:8080/cb?x=1`, registered, { appType }), false)
        }
      })
    }

  test('SEC-033: in strict mode localhost does not match at all', () => {
    const strict = { appType: 'native', strict: true } as const
    assert.equal(matchesRegistered('http://localhost:1/cb', 'http://localhost/cb', strict), false)
    assert.equal(matchesRegistered('http://127.0.0.1:1/cb', 'http://127.0.0.1/cb', strict), true)
  })
  test('a name below localhost has no port freedom', () =>
    assert.equal(matchesRegistered('http://a.localhost:1/cb', 'http://a.localhost/cb', { appType: 'native' }), false))
})

describe('SEC-040: a wildcard is exactly one label', () => {
  const registered = 'https://*.app.example:8443/cb?x=1'
  const cases: [url: string, ok: boolean][] = [
    ['https://pr-1.app.example:8443/cb?x=1', true],
    ['https://PR_1.app.example:8443/cb?x=1', true],
    ['https://a.b.app.example:8443/cb?x=1', false],
    ['https://.app.example:8443/cb?x=1', false],
    ['https://app.example:8443/cb?x=1', false],
    ['https://a%2eb.app.example:8443/cb?x=1', false],
    ['https://a%2f.app.example:8443/cb?x=1', false],
    ['https://evil.test/.app.example:8443/cb?x=1', false],
    ['https://evil.test?.app.example:8443/cb?x=1', false],
    ['https://evil.test#.app.example:8443/cb?x=1', false],
    ['https://-.app.example:8443/cb?x=1', false],
    ['https://*.app.example:8443/cb?x=1', false],
    ['https://xapp.example:8443/cb?x=1', false],
    ['https://a.App.example:8443/cb?x=1', false],
    ['https://a.app.example/cb?x=1', false],
    ['https://a.app.example:8443/cb', false],
    ['https://a.app.example:8443/cb/?x=1', false],
    ['http://a.app.example:8443/cb?x=1', false],
    [`https://${'a'.repeat(63)}.app.example:8443/cb?x=1`, true],
    [`https://${'a'.repeat(64)}.app.example:8443/cb?x=1`, false],
  ]
  for (const [url, ok] of cases)
    test(`${ok ? 'accepts' : 'refuses'} ${url.slice(0, 80)}`, () => {
      assert.equal(matchesRegistered(url, registered, { appType: 'spa' }), ok)
      assert.equal(matchesRegistered(url, registered, { appType: 'native' }), false)
      assert.equal(matchesRegistered(url, registered, { appType: 'spa', strict: true }), false)
    })
  test('a pattern above a public suffix matches nothing, even if it got into the list', () =>
    assert.equal(matchesRegistered('https://evil.co.uk/', 'https://*.co.uk/', { appType: 'spa' }), false))
})

describe('SEC-310: /v2/logout leaves query and fragment out of the comparison, and nothing else', () => {
  const rules = { appType: 'native', ignoreQuery: true } as const
  const cases: [url: string, registered: string, ok: boolean][] = [
    ['https://app.example/out', 'https://app.example/out', true],
    ['https://app.example/out?a=*', 'https://app.example/out', true],
    ['https://app.example/out?a=1#/b', 'https://app.example/out?c=2', true],
    ['https://app.example/out/?a=1', 'https://app.example/out', false],
    ['https://app.example/x?/out', 'https://app.example/out', false],
    ['https://evil.test/#https://app.example/out', 'https://app.example/out', false],
    ['https://evil.test?x=https://app.example/out', 'https://app.example/out', false],
    ['https://app.example/out?a=\n', 'https://app.example/out', false],
    ['https://app.example/out#\\', 'https://app.example/out', false],
    ['http://127.0.0.1:4711/out?a=1', 'http://127.0.0.1/out', true],
    ['javascript:/x?https://app.example/out', 'javascript:/x', false],
  ]
  for (const [url, registered, ok] of cases)
    test(`${JSON.stringify(url)} ${ok ? 'is' : 'is not'} ${registered}`, () =>
      assert.equal(matchesRegistered(url, registered, rules), ok))
  test('/oidc/logout compares the query, too', () => {
    assert.equal(matchesRegistered('https://app.example/out?a=1', 'https://app.example/out', { appType: 'spa' }), false)
    assert.equal(matchesRegistered('https://app.example/out#b', 'https://app.example/out', { appType: 'spa' }), false)
  })
})

describe('origins', () => {
  const origins: [url: string, origin: string | undefined][] = [
    ['https://App.example:443/cb?x', 'https://app.example'],
    ['https://app.example:8443/', 'https://app.example:8443'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['com.acme.app:/cb', undefined],
    ['com.acme.app:///cb', undefined],
    ['https://*.app.example', undefined],
    ['null', undefined],
    ['', undefined],
    ['javascript://app.example', undefined],
    ["https://app.example;script-src 'unsafe-inline'", undefined],
    ['https://app.example,https://evil.test', undefined],
  ]
  for (const [url, origin] of origins) test(`originOf ${url} is ${origin}`, () => assert.equal(originOf(url), origin))

  const rules = { appType: 'spa' } as const
  const listed = ['https://app.example/some/path?q', 'http://localhost:3000', 'https://*.preview.example:8443/x']
  const cases: [origin: string, ok: boolean][] = [
    ['https://app.example', true],
    ['http://localhost:3000', true],
    ['https://pr-1.preview.example:8443', true],
    ['https://app.example/', false],
    ['https://app.example/some/path?q', false],
    ['https://APP.example', false],
    ['https://app.example:8443', false],
    ['http://app.example', false],
    ['http://localhost:3001', false],
    ['http://127.0.0.1:3000', false],
    ['https://a.b.preview.example:8443', false],
    ['https://pr-1.preview.example', false],
    ['https://*.preview.example:8443', false],
    ['https://app.example.evil.test', false],
    ['null', false],
    ['', false],
  ]
  for (const [origin, ok] of cases)
    test(`SEC-046: the origin ${origin} is ${ok ? '' : 'not '}allowed`, () =>
      assert.equal(matchesAnyOrigin(origin, listed, rules), ok))
  test('a native client has no port freedom for origins', () =>
    assert.equal(matchesAnyOrigin('http://localhost:1', ['http://localhost'], { appType: 'native' }), false))
})

test('callbacks that another app could receive are non-verifiable (RFC 8252 §8.6)', () => {
  const others = ['com.acme.app://t/cb', 'myapp:/cb', 'http://127.0.0.1:1/cb', 'http://[::1]/cb', 'http://localhost/cb']
  for (const url of [...others, 'https://localhost:3000/cb', 'https://127.0.0.2/', 'https://LocalHost/', 'rubbish'])
    assert.equal(isNonVerifiable(url), true, url)
  for (const url of ['https://app.example/cb', 'https://auth.example/mobile', 'https://localhost.example/'])
    assert.equal(isNonVerifiable(url), false, url)
})

describe('generated', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join('-')}.example`)
  const path = fc.array(word, { maxLength: 3 }).map((segments) => segments.map((segment) => `/${segment}`).join(''))
  const query = fc.option(fc.tuple(word, word), { nil: undefined }).map((pair) => (pair ? `?${pair.join('=')}` : ''))
  const base = fc.oneof(
    name.map((host) => `https://${host}`),
    fc.tuple(name, fc.integer({ min: 1, max: 65535 })).map(([host, port]) => `https://${host}:${port}`),
    fc.tuple(word, name).map(([app, host]) => `com.a${app}://${host}`),
    fc
      .constantFrom('http://127.0.0.1', 'http://[::1]', 'http://localhost')
      .chain((host) => fc.integer({ min: 1, max: 65535 }).map((port) => `${host}:${port}`)),
  )
  const goodUrl = fc.tuple(base, path, query).map((parts) => parts.join(''))

  /** One edit of a URL's text, of the kinds that bugs and attackers make. */
  const junk = fc.constantFrom(
    ...'/?#@:.\\*%&=;[]~-_aA0 \t\n\r\u0000é。'.split(''),
    '%2e',
    '%2f',
    '%00',
    '..',
    '//',
    '@evil.test',
    '.evil.test',
  )
  const edit = fc.record({
    at: fc.nat(),
    text: junk,
    kind: fc.constantFrom('insert', 'replace', 'delete', 'upper', 'encode'),
  })
  const apply = (url: string, { at, text, kind }: { at: number; text: string; kind: string }): string => {
    const index = at % (url.length + 1)
    const [before, here, after] = [url.slice(0, index), url.slice(index, index + 1), url.slice(index + 1)]
    if (kind === 'insert') return before + text + here + after
    if (kind === 'replace') return before + text + after
    if (kind === 'delete') return before + after
    if (kind === 'upper') return before + here.toUpperCase() + after
    return here === '' ? before : `${before}%${here.charCodeAt(0).toString(16)}${after}`
  }

  test('SEC-044: every registrable URL is accepted verbatim', () =>
    fc.assert(
      fc.property(goodUrl, (url) => {
        assert.equal(callback(url), undefined)
        assert.equal(matchesRegistered(url, url, { appType: 'native' }), true)
      }),
      { numRuns: 500 },
    ))

  test('SEC-023: a near miss of a registered URL is refused, for web clients always, for native ones but for the loopback port', () =>
    fc.assert(
      fc.property(goodUrl, fc.array(edit, { minLength: 1, maxLength: 3 }), (url, edits) => {
        const miss = edits.reduce(apply, url)
        fc.pre(miss !== url)
        for (const appType of ['spa', 'regular_web', 'non_interactive'] as const)
          assert.equal(matchesRegistered(miss, url, { appType }), false, miss)

        if (!matchesRegistered(miss, url, { appType: 'native' })) return
        const port = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::[1-9]\d{0,4})?([/?].*)?$/
        assert.match(miss, port)
        assert.equal(miss.replace(port, '$1 $2'), url.replace(port, '$1 $2'))
      }),
      { numRuns: 3000 },
    ))

  const hostile = fc.oneof(
    fc.tuple(goodUrl, fc.array(edit, { maxLength: 4 })).map(([url, edits]) => edits.reduce(apply, url)),
    fc
      .array(fc.oneof(junk, word, fc.constantFrom('https://', 'http://', 'com.acme:/', 'localhost', 'app.example')), {
        maxLength: 12,
      })
      .map((pieces) => pieces.join('')),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `https://${text}`),
  )

  test('SEC-024: new URL() finds the scheme, host and port that anyone reads in what we accept', () =>
    fc.assert(
      fc.property(hostile, (url) => {
        if (callback(url) !== undefined) return
        // Read here by hand, not by our own parser: the part before the first of / ? after "//".
        const [scheme = '', rest = ''] = url.split(/:(.*)/s)
        const authority = rest.startsWith('//') ? (rest.slice(2).split(/[/?]/)[0] ?? '') : ''
        const parsed = new URL(url)
        assert.equal(parsed.protocol, `${scheme.toLowerCase()}:`)
        assert.equal(parsed.username + parsed.password + parsed.hash, '')
        const standardPort = scheme === 'https' ? /:443$/ : scheme === 'http' ? /:80$/ : /(?!)/
        assert.equal(parsed.host.toLowerCase(), authority.toLowerCase().replace(standardPort, ''))
        // Reading it twice, as a proxy in between would, changes nothing either.
        assert.equal(new URL(parsed.href).href, parsed.href)
        assert.equal(new URL(parsed.href).origin, parsed.origin)
        if (parsed.origin !== 'null') assert.equal(originOf(url), parsed.origin)
        assert.equal(
          parsed.pathname.replace(/^\/$/, ''),
          rest
            .slice(authority ? authority.length + 2 : rest.startsWith('//') ? 2 : 0)
            .split('?')[0]
            ?.replace(/^\/$/, ''),
        )
      }),
      { numRuns: 5000 },
    ))

  test('SEC-024: no request is accepted whose origin differs from that of the registered URL', () =>
    fc.assert(
      fc.property(hostile, goodUrl, (requested, url) => {
        for (const ignoreQuery of [false, true])
          for (const registered of [url, requested])
            if (matchesRegistered(requested, registered, { appType: 'native', ignoreQuery })) {
              const [one, other] = [new URL(requested), new URL(registered)]
              assert.equal(one.protocol + one.hostname + one.pathname, other.protocol + other.hostname + other.pathname)
              if (one.port !== other.port) assert.match(requested, /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)[:/?#]/)
            }
      }),
      { numRuns: 3000 },
    ))
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
