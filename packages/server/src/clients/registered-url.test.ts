import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type AppType,
  isNonVerifiable,
  matchesAny,
  matchesAnyOrigin,
  matchesRegistered,
  originOf,
  type UrlList,
  whyDoubtful,
  whyNotRegistrable,
} from './registered-url.ts'

const appTypes: AppType[] = ['native', 'spa', 'regular_web', 'non_interactive']

const callback = (url: string, appType: AppType = 'native', strict = false) =>
  whyNotRegistrable(url, { appType, list: 'callbacks', strict })

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
    ['com.myclientapp://myclientapp.com/callback', appTypes, ['native']],
    ['com.Acme.App://auth.example/ios/com.Acme.App/callback', appTypes, ['native']],
    ['com.acme.app:/cb', appTypes, ['native']],
    ['com.acme.app:///cb', appTypes, ['native']],
    ['com.acme.app://', appTypes, ['native']],
    ['myapp://cb', appTypes, []], // SEC-035
    ['exp://127.0.0.1:19000/--/cb', appTypes, []],
    ['chrome-extension://abcdefghijklmnop/cb', appTypes, []],
    ['vscode://publisher.extension/cb', appTypes, []],
    ['http://app.example/cb', appTypes, []], // SEC-031
    ['http://192.168.1.5:3000/cb', appTypes, []],
    ['http://localhost.evil.test/cb', appTypes, []],
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
  test('SEC-033: a registered name that only begins like a loopback host stands for nothing', () => {
    for (const registered of ['http://localhost.example/cb', 'http://localhost.a.localhost/cb', 'https://localhost/cb'])
      assert.equal(matchesRegistered('http://localhost:1/cb', registered, { appType: 'native' }), false, registered)
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
  test('the scheme of a pattern counts', () => {
    const http = 'http://*.app.localhost/'
    assert.equal(matchesRegistered('http://a.app.localhost/', http, { appType: 'spa' }), true)
    assert.equal(matchesRegistered('https://a.app.localhost/', http, { appType: 'spa' }), false)
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
  test('SEC-031: an origin that could not be registered does not match, even if it got into the list', () => {
    const strict = { appType: 'spa', strict: true } as const
    assert.equal(matchesAnyOrigin('http://app.example', ['http://app.example'], strict), false)
    assert.equal(matchesAnyOrigin('capacitor://localhost', ['capacitor://localhost'], strict), false)
    assert.equal(matchesAnyOrigin('http://app.example', ['http://app.example'], rules), true)
    assert.equal(matchesAnyOrigin('capacitor://localhost', ['capacitor://localhost'], rules), true)
    assert.equal(matchesAnyOrigin('capacitor://localhost', ['capacitor://localhost'], { appType: 'native' }), true)
  })
  test('a native client has no port freedom for origins', () =>
    assert.equal(matchesAnyOrigin('http://localhost:1', ['http://localhost'], { appType: 'native' }), false))
})

const doubtful: [url: string, appType: AppType, why: RegExp | undefined][] = [
  ['https://app.example/cb', 'spa', undefined],
  ['http://localhost:3000/cb', 'spa', undefined],
  ['http://127.0.0.1/cb', 'native', undefined],
  ['http://*.app.localhost:3000/cb', 'spa', undefined],
  ['com.acme.app://cb', 'native', undefined],
  ['http://app.example/cb', 'regular_web', /plain http/],
  ['http://192.168.1.5:3000/cb', 'native', /plain http/],
  ['chrome-extension://abcdefghijklmnop/cb', 'spa', /claim the scheme "chrome-extension"/],
  ['vscode://publisher.extension/cb', 'regular_web', /claim the scheme "vscode"/],
]
for (const [url, appType, why] of doubtful)
  test(`${url} of a ${appType} client is ${why ? 'allowed with a warning' : 'beyond doubt'}`, () => {
    assert.equal(callback(url, appType), undefined)
    assert.match(whyDoubtful(url, { appType }) ?? '', why ?? /^$/)
  })

test('callbacks that another app could receive are non-verifiable (RFC 8252 §8.6)', () => {
  const others = ['com.acme.app://t/cb', 'myapp:/cb', 'http://127.0.0.1:1/cb', 'http://[::1]/cb', 'http://localhost/cb']
  for (const url of [...others, 'https://localhost:3000/cb', 'https://127.0.0.2/', 'https://LocalHost/', 'rubbish'])
    assert.equal(isNonVerifiable(url), true, url)
  for (const url of ['https://app.example/cb', 'https://auth.example/mobile', 'https://localhost.example/'])
    assert.equal(isNonVerifiable(url), false, url)
})
