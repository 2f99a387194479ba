import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findImpliedRedirectUri, findRegisteredRedirectUri } from './redirect-uri.ts'

const nativeApp = {
  appType: 'native',
  callbacks: [
    'com.myclientapp://myclientapp.com/callback',
    'http://127.0.0.1/callback',
    'http://localhost:3000/mobile',
    'https://auth.example/mobile',
  ],
} as const
const webApp = { appType: 'spa', callbacks: ['https://*.app.example/cb', 'http://localhost:3000'] } as const

for (const uri of [...nativeApp.callbacks, 'http://127.0.0.1:51004/callback', 'http://localhost:51004/mobile'])
  test(`SEC-032: the native app is answered at ${uri}, unchanged`, () =>
    assert.equal(findRegisteredRedirectUri(uri, nativeApp), uri))

for (const uri of ['https://pr-7.app.example/cb', 'http://localhost:3000'])
  test(`the web app is answered at ${uri}, unchanged`, () => assert.equal(findRegisteredRedirectUri(uri, webApp), uri))

for (const uri of [
  'https://auth.example/mobile/',
  'com.myclientapp://myclientapp.com/Callback',
  'http://[::1]/callback',
  '',
])
  test(`SEC-023: the native app is not answered at "${uri}"`, () =>
    assert.equal(findRegisteredRedirectUri(uri, nativeApp), undefined))

for (const uri of [
  'https://*.app.example/cb',
  'https://app.example/cb',
  'http://localhost:3001',
  'http://127.0.0.1:3000',
])
  test(`SEC-034, SEC-040: the web app is not answered at ${uri}`, () =>
    assert.equal(findRegisteredRedirectUri(uri, webApp), undefined))

test('SEC-035, SEC-040: in strict mode short schemes, wildcards and localhost stop matching', () => {
  for (const [uri, client] of [
    ['myapp://cb', { appType: 'native', callbacks: ['myapp://cb'] }],
    ['https://a.app.example/cb', webApp],
    ['http://localhost:3000/mobile', nativeApp],
  ] as const) {
    assert.equal(findRegisteredRedirectUri(uri, client), uri)
    assert.equal(findRegisteredRedirectUri(uri, { ...client, strict: true }), undefined)
  }
})

const [one, two] = ['https://app.example/cb', 'https://app.example/other']
const implied: [callbacks: string[], openid: boolean, expected: string | undefined][] = [
  [[], false, undefined],
  [[], true, undefined],
  [[one], false, one],
  [[one], true, undefined],
  [[one, two], false, undefined],
  [[one, two], true, undefined],
  [['https://*.app.example/cb'], false, undefined],
]
for (const [callbacks, openid, expected] of implied)
  test(`SEC-043: no redirect_uri, registered [${callbacks.join(', ')}], ${openid ? 'OpenID Connect' : 'OAuth'}: ${expected}`, () =>
    assert.equal(findImpliedRedirectUri({ appType: 'spa', callbacks }, { openid }), expected))
