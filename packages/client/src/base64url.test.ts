import assert from 'node:assert/strict'
import test from 'node:test'
import { fromBase64url, toBase64url, utf8FromBase64url } from './base64url.ts'

test('agrees with Node.js for every byte and length', () => {
  for (let length = 0; length < 260; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256)
    assert.equal(toBase64url(bytes), Buffer.from(bytes).toString('base64url'))
    assert.deepEqual(fromBase64url(toBase64url(bytes)), bytes)
  }
})

for (const text of ['a', 'ab==', 'a+b/', 'a b', 'ab\n', 'ä']) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => fromBase64url(text), SyntaxError))
}

test('reads UTF-8 and refuses what is not', () => {
  assert.equal(utf8FromBase64url(toBase64url(new TextEncoder().encode('Ada, señora ✓ 𝄞'))), 'Ada, señora ✓ 𝄞')
  assert.throws(() => utf8FromBase64url(toBase64url(Uint8Array.of(0xff, 0xfe))), URIError)
})
