import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cspSource, imageSource, mailto, safeImageUrl, safeUrl } from './safe-url.ts'

for (const url of ['https://a.example/x?y=1#z', 'http://127.0.0.1:3000/cb', '/u/login?state=1', '/'])
  test(`links to ${url}`, () => assert.equal(safeUrl(url), url))

const refused = [
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,x',
  'com.app://x',
  '//evil.example',
  '/\\evil.example',
  '/x\\y',
  '/\t/evil.example',
  '\\\\evil.example',
  'evil.example',
  'https:',
  '',
]
for (const url of refused)
  test(`SEC-177 does not link to ${JSON.stringify(url)}`, () => assert.equal(safeUrl(url), undefined))

test('SEC-181 shows bitmaps, not SVG or HTML, out of data addresses', () => {
  assert.equal(safeImageUrl('data:image/png;base64,AAAA'), 'data:image/png;base64,AAAA')
  assert.equal(safeImageUrl('data:image/svg+xml;base64,AAAA'), undefined)
  assert.equal(safeImageUrl('data:text/html;base64,AAAA'), undefined)
  assert.equal(safeImageUrl('data:image/png;base64,AA"onerror=x'), undefined)
})

const sources: [url: string, source: string | undefined][] = [
  ['https://app.example', 'https://app.example'],
  ['https://app.example/cb?x=1;y=2', 'https://app.example'],
  ['http://127.0.0.1:51004/', 'http://127.0.0.1:51004'],
  ['http://[::1]:51004/', 'http:'],
  ['com.myclientapp://myclientapp.com/callback', 'com.myclientapp:'],
  ['com.myclientapp:', 'com.myclientapp:'],
  ['https:', 'https:'],
  ['javascript:alert(1)', undefined],
  ['data:', undefined],
  ["https://a;b'c.example/", undefined],
  ["'unsafe-inline'", undefined],
  ['*', undefined],
  ['https://*.example', undefined],
]
for (const [url, source] of sources)
  test(`SEC-171 the policy's source for ${url} is ${source}`, () => assert.equal(cspSource(url), source))

test('finds the source of an image', () => {
  assert.equal(imageSource('/logo.png'), "'self'")
  assert.equal(imageSource('data:image/png;base64,AAAA'), 'data:')
  assert.equal(imageSource('https://cdn.example/logo.png'), 'https://cdn.example')
})

test('writes to one plain address only', () => {
  assert.equal(mailto('help@aurora.example'), 'mailto:help@aurora.example')
  for (const address of ['a@b.example?cc=c@d', 'a@b,c@d', 'a b@c', '', undefined])
    assert.equal(mailto(address), undefined)
})
