import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBase64url } from './base64url.ts'

for (const text of ['Zg==', 'Zh', 'Z', 'Zm 9v', 'Zm9v\n', 'Zm9+', 'Zm9/', 'Zm9.', 'Zm9ä']) {
  test(`SEC-108: ${JSON.stringify(text)} is not canonical base64url`, () =>
    assert.equal(fromBase64url(text), undefined))
}

test('the bytes of RFC 7515 Appendix C', () => {
  assert.deepEqual(fromBase64url('A-z_4ME'), Buffer.from([3, 236, 255, 224, 193]))
  assert.deepEqual(fromBase64url(''), Buffer.alloc(0))
})
