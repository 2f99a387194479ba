import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { AppType } from '#clients/registered-url.ts'
import { diagnoseRedirectUri } from './redirect-doctor.ts'
import { findRegisteredRedirectUri } from './redirect-uri.ts'
import type { DifferenceKind } from './url-differences.ts'

const client = (appType: AppType, callbacks: string[], allowedLogoutUrls: string[] = []) => ({
  clientId: 'mine',
  name: 'My app',
  appType,
  callbacks,
  allowedLogoutUrls,
})

const web = client('spa', [
  'https://app.example.com/cb',
  'https://app.example.com:8443/admin/Callback/?tenant=a b'.replace(' ', '%20'),
  'https://*.preview.example.com/cb',
  'http://localhost:3000/cb',
])
const native = client('native', [
  'com.acme.app://auth.example.com/ios/com.acme.app/callback',
  'http://127.0.0.1/callback',
  'https://auth.example.com/mobile',
])

const table: [
  story: string,
  app: typeof web,
  requested: string,
  nearest: number,
  kinds: DifferenceKind[],
  says: RegExp,
][] = [
  ['scheme case', web, 'HTTPS://app.example.com/cb', 0, ['scheme-case'], /scheme is "HTTPS" instead of "https"/],
  [
    'scheme case, custom',
    native,
    'com.Acme.app://auth.example.com/ios/com.acme.app/callback',
    0,
    ['scheme-case'],
    /"com.Acme.app"/,
  ],
  ['http for https', web, 'http://app.example.com/cb', 0, ['http-https'], /scheme is "http" instead/],
  [
    'another scheme',
    native,
    'com.acme.app2://auth.example.com/ios/com.acme.app/callback',
    0,
    ['scheme'],
    /"com.acme.app2"/,
  ],
  ['host case', web, 'https://App.example.com/cb', 0, ['host-case'], /"App.example.com".*letter case/],
  ['host', web, 'https://ap.example.com/cb', 0, ['host'], /"ap.example.com" instead of "app.example.com"/],
  ['host, a suffix more', web, 'https://app.example.com.evil.test/cb', 0, ['host'], /evil\.test/],
  ['missing www.', client('spa', ['https://www.a.example/cb']), 'https://a.example/cb', 0, ['www'], /www/],
  ['extra www.', client('spa', ['https://a.example/cb']), 'https://www.a.example/cb', 0, ['www'], /www/],
  ['Cyrillic а', web, 'https://аpp.example.com/cb', 0, ['look-alike'], /"\\u\{430\}pp\.example\.com"/],
  ['full-width a', web, 'https://ａpp.example.com/cb', 0, ['look-alike'], /\\u\{ff41\}/],
  ['trailing slash', web, 'https://app.example.com/cb/', 0, ['trailing-slash'], /a slash too many.*"\/cb\/"/],
  ['missing slash', web, 'https://app.example.com:8443/admin/Callback?tenant=a%20b', 1, ['trailing-slash'], /missing/],
  [
    'slash for no path',
    client('spa', ['https://a.example']),
    'https://a.example/',
    0,
    ['trailing-slash'],
    /slash too many/,
  ],
  ['no path for slash', client('spa', ['https://a.example/']), 'https://a.example', 0, ['trailing-slash'], /missing/],
  ['port', web, 'https://app.example.com:444/cb', 0, ['port'], /port is "444" instead of not given/],
  ['the standard port', web, 'https://app.example.com:443/cb', 0, ['port'], /"443"/],
  [
    'a missing port',
    web,
    'https://app.example.com/admin/Callback/?tenant=a%20b',
    1,
    ['port'],
    /not given instead of "8443"/,
  ],
  ['loopback port of a web client', web, 'http://localhost:5173/cb', 3, ['port'], /only native applications/],
  ['loopback port 0', native, 'http://127.0.0.1:0/callback', 1, ['port'], /"0"/],
  ['loopback port and path', native, 'http://127.0.0.1:8400/cb', 1, ['path'], /"\/cb" instead of "\/callback"/],
  ['localhost for 127.0.0.1', native, 'http://localhost:8400/callback', 1, ['loopback-name'], /"localhost".*neither/],
  ['[::1] for 127.0.0.1', native, 'http://[::1]:8400/callback', 1, ['loopback-name'], /"\[::1\]"/],
  ['127.0.0.1 for localhost', web, 'http://127.0.0.1:3000/cb', 3, ['loopback-name'], /"127.0.0.1"/],
  ['path case', web, 'https://app.example.com/CB', 0, ['path-case'], /"\/CB".*letter case/],
  ['path', web, 'https://app.example.com/callback', 0, ['path'], /"\/callback" instead of "\/cb"/],
  ['a doubled slash', web, 'https://app.example.com//cb', 0, ['path'], /"\/\/cb"/],
  ['path encoding', web, 'https://app.example.com/%63b', 0, ['encoding'], /encoded differently/],
  [
    'a plus for %20',
    web,
    'https://app.example.com:8443/admin/Callback/?tenant=a+b',
    1,
    ['encoding'],
    /query.*encoded differently/,
  ],
  [
    'doubly encoded query',
    web,
    'https://app.example.com:8443/admin/Callback/?tenant=a%2520b',
    1,
    ['encoding'],
    /%2520/,
  ],
  ['encoded as a whole', web, 'https%3A%2F%2Fapp.example.com%2Fcb', 0, ['encoding'], /once more/],
  ['encoded as a whole, twice', web, 'https%253A%252F%252Fapp.example.com%252Fcb', 0, ['encoding'], /once more/],
  ['query', web, 'https://app.example.com/cb?x=1', 0, ['query'], /query is "\?x=1" instead of nothing/],
  ['an empty query', web, 'https://app.example.com/cb?', 0, ['query'], /"\?"/],
  ['fragment', web, 'https://app.example.com/cb#/home', 0, ['fragment'], /fragment "#\/home"/],
  ['an empty fragment', web, 'https://app.example.com/cb#', 0, ['fragment'], /fragment "#"/],
  ['user info', web, 'https://bob:secret@app.example.com/cb', 0, ['user-info'], /user name or password/],
  ['white space at the end', web, 'https://app.example.com/cb ', 0, ['white-space'], /white space/],
  ['a newline inside', web, 'https://app.example.com/\ncb', 0, ['white-space'], /white space/],
  ['a zero-width space', web, 'https://app.example.com/cb\u200b', 0, ['white-space'], /invisible/],
  ['backslashes', web, 'https:\\\\app.example.com\\cb', 0, ['backslash'], /backslash/],
  ['no scheme', web, 'app.example.com/cb', 0, ['scheme'], /scheme is nothing instead of "https"/],
  ['no scheme, with a port', web, 'localhost:3000/cb', 3, ['scheme'], /scheme is nothing instead of "http"/],
  ['an empty port', web, 'https://app.example.com:/cb', 0, ['spelling'], /form is refused/],
  ['two labels for a wildcard', web, 'https://a.b.preview.example.com/cb', 2, ['wildcard'], /exactly one label/],
  ['no label for a wildcard', web, 'https://preview.example.com/cb', 2, ['wildcard'], /exactly one label/],
  ['the wildcard itself', web, 'https://*.preview.example.com/cb', 2, ['client-type'], /form is refused/],
  ['wildcard and path', web, 'https://pr-1.preview.example.com/callback', 2, ['path'], /"\/callback"/],
  [
    'wildcard on native',
    client('native', ['https://*.a.example/cb']),
    'https://b.a.example/cb',
    0,
    ['wildcard-native'],
    /native/,
  ],
  [
    'wildcard of a native client',
    client('native', ['https://*.a.example/cb']),
    'https://*.a.example/cb',
    0,
    ['client-type'],
    /Native applications may not/,
  ],
  [
    'several at once',
    web,
    'http://App.example.com/CB/',
    0,
    ['http-https', 'host-case', 'trailing-slash', 'path-case'],
    /scheme.*host.*path/,
  ],
  ['case and encoding', web, 'https://app.example.com/%43B', 0, ['path-case', 'encoding'], /case/],
]

for (const [story, app, requested, nearest, kinds, says] of table)
  test(`the doctor names ${story}: ${JSON.stringify(requested)}`, () => {
    assert.equal(findRegisteredRedirectUri(requested, app), undefined, 'only refused URLs see a doctor')
    const diagnosis = diagnoseRedirectUri(requested, app)
    assert.deepEqual(
      diagnosis.differences.map(({ kind }) => kind),
      kinds,
    )
    assert.equal(diagnosis.nearest, app.callbacks[nearest])
    assert.match(diagnosis.summary, says)
    assert.equal(diagnosis.isLogoutUrl, false)
    assert.equal(diagnosis.otherClient, undefined)
  })

test('a password in the URL is not repeated', () => {
  const { summary, differences } = diagnoseRedirectUri('https://bob:secret@app.example.com/cb', web)
  assert.doesNotMatch(summary + JSON.stringify(differences), /secret|bob/)
})

test('a whole summary reads as a sentence', () =>
  assert.equal(
    diagnoseRedirectUri('http://app.example.com/cb/', web).summary,
    'The redirect_uri was refused: the nearest registered URL is "https://app.example.com/cb", but the scheme is "http" ' +
      'instead of "https"; the path ends with a slash too many ("/cb/" instead of "/cb").',
  ))

test('a logout URL used as callback', () => {
  const app = client('native', ['com.a.b:/cb'], ['com.a.b:/out', 'http://127.0.0.1/out'])
  for (const requested of ['com.a.b:/out', 'http://127.0.0.1:8400/out']) {
    const { isLogoutUrl, summary } = diagnoseRedirectUri(requested, app)
    assert.equal(isLogoutUrl, true)
    assert.match(summary, /allowed logout URL of this application, not a callback/)
  }
})

describe('the right URL on another client', () => {
  const others = [
    { clientId: 'mine', name: 'My app', callbacks: ['https://twin.example/cb'] },
    { clientId: 'web', name: 'Web "app"', callbacks: ['https://web.example/cb', 'https://*.web.example/cb'] },
    { clientId: 'cli', name: 'CLI', callbacks: ['http://127.0.0.1/cli', 'com.acme.cli:/cb'] },
  ]
  const cases: [requested: string, clientId: string | undefined][] = [
    ['https://web.example/cb', 'web'],
    ['https://pr-1.web.example/cb', 'web'],
    ['http://127.0.0.1:9/cli', 'cli'],
    ['com.acme.cli:/cb', 'cli'],
    ['https://web.example/cb/', undefined],
    ['https://twin.example/cb', undefined], // it is not another one
  ]
  for (const [requested, clientId] of cases)
    test(`${requested} belongs to ${clientId}`, () => {
      const { otherClient, summary } = diagnoseRedirectUri(requested, client('native', ['com.a.b:/cb']), others)
      assert.equal(otherClient?.clientId, clientId)
      assert.equal(summary.includes('another application'), clientId !== undefined)
    })
})

test('a client without callbacks', () => {
  const { nearest, differences, summary } = diagnoseRedirectUri('https://app.example/cb', client('spa', []))
  assert.equal(nearest, undefined)
  assert.deepEqual(differences, [])
  assert.equal(summary, 'The redirect_uri was refused: this application has no callback URL registered.')
})

describe('whatever is requested', () => {
  const piece = fc.oneof(
    fc.constantFrom(...web.callbacks, ...native.callbacks),
    fc.constantFrom(
      'https://',
      'app.example.com',
      '/cb',
      '%',
      '%25',
      '%2e',
      '\\',
      '\n',
      '"',
      '<b>',
      '#',
      '?',
      '@',
      ':',
      '\u202e',
      '\ud800',
      '*.',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  const requested = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))

  test('the nearest is a registered one, something differs, and the summary is one line of printable ASCII', () =>
    fc.assert(
      fc.property(requested, fc.constantFrom(web, native), (uri, app) => {
        fc.pre(findRegisteredRedirectUri(uri, app) === undefined)
        const { nearest, differences, summary } = diagnoseRedirectUri(uri, app, [web, native])
        assert.ok(nearest !== undefined && app.callbacks.includes(nearest))
        assert.ok(differences.length > 0)
        assert.match(summary, /^The redirect_uri was refused: [\x20-\x7e]+\.$/)
        assert.ok(summary.length < 4000)
      }),
      { numRuns: 2000 },
    ))

  const slip = fc.constantFrom<(url: string) => string>(
    (url) => `${url}/`,
    (url) => `${url} `,
    (url) => `${url}#`,
    (url) => `${url}?x=1`,
    (url) => url.replace(/[a-z]\b/, (letter) => letter.toUpperCase()),
    (url) => url.replace('://', '://user@'),
    (url) => encodeURIComponent(url),
    (url) => url.replace(/[a-z]$/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  )
  test('after one slip the nearest is the one that was meant', () =>
    fc.assert(
      fc.property(fc.constantFrom(web, native), fc.nat(), slip, (app, index, slipped) => {
        const meant = app.callbacks[index % app.callbacks.length] ?? ''
        fc.pre(!meant.includes('*') && slipped(meant) !== meant)
        assert.equal(diagnoseRedirectUri(slipped(meant), app).nearest, meant)
      }),
      { numRuns: 500 },
    ))

  test('a hostile request costs little, however long it and the lists are', () => {
    const many = (count: number, path: string) =>
      Array.from({ length: count }, (_, index) => `https://app.example${path}${index}`)
    const app = client('native', many(5_000, `/${'%2525'.repeat(100)}`), many(5_000, '/out'))
    const others = Array.from({ length: 5_000 }, (_, index) => ({
      clientId: `${index}`,
      name: 'Other',
      callbacks: many(20, '/'),
    }))
    const before = process.cpuUsage()
    for (const pattern of ['%25', '%2525252525', '/', '@', ':', 'a', '\ud83d\ude00', ' ', '[', '.'])
      diagnoseRedirectUri(`https://app.example/${pattern.repeat(1_000_000 / pattern.length)}`, app, others)
    const { user, system } = process.cpuUsage(before)
    assert.ok(user + system < 5_000_000, `${(user + system) / 10} µs each`)
  })
})
