import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesRegistered, originOf, whyNotRegistrable } from './registered-url.ts'

const callback = (url: string) => whyNotRegistrable(url, { appType: 'native', list: 'callbacks' })

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
