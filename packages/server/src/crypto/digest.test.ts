import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import { digest, equalInConstantTime, s256 } from './digest.ts'

test('the code challenge of RFC 7636 Appendix B', () => {
  assert.equal(s256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'), 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
})

test('SHA-256 of nothing and of abc (FIPS 180-4)', () => {
  const hex = (value: string) => Buffer.from(digest(value), 'base64url').toString('hex')
  assert.equal(hex(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  assert.equal(hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('the digest is over UTF-8', () => {
  assert.equal(digest('π'), digest(Buffer.from([0xcf, 0x80]).toString()))
})

for (const [a, b] of [
  ['', 'a'],
  ['abc', 'abd'],
  ['abc', 'abc\0'],
  ['abc', 'ABC'],
  ['é', 'e\u0301'],
  ['\ud800', '\ud801'],
] as const) {
  test(`SEC-062: ${JSON.stringify(a)} is not ${JSON.stringify(b)}`, () => {
    assert.equal(equalInConstantTime(a, b), false)
    assert.equal(equalInConstantTime(b, a), false)
  })
}

test('SEC-062: equal secrets are equal', () => {
  assert.equal(equalInConstantTime('', ''), true)
  assert.equal(equalInConstantTime(s256('verifier'), s256(['veri', 'fier'].join(''))), true)
})

test('SEC-062: however much of a guess is right, 32 bytes are compared with 32 bytes, by a comparison that does not stop', () => {
  const secret = 'x'.repeat(4096)
  const guesses = [`y${secret.slice(1)}`, `${secret.slice(1)}y`, '', 'x', secret]
  const compared: [Uint8Array, Uint8Array][] = []
  const { timingSafeEqual } = crypto
  crypto.timingSafeEqual = (a, b) => {
    compared.push([a as Uint8Array, b as Uint8Array])
    return timingSafeEqual(a, b)
  }
  syncBuiltinESMExports()
  try {
    for (const guess of guesses) assert.equal(equalInConstantTime(secret, guess), guess === secret)
  } finally {
    crypto.timingSafeEqual = timingSafeEqual
    syncBuiltinESMExports()
  }
  const sha256 = (text: string) => crypto.createHash('sha256').update(text).digest()
  assert.deepEqual(
    compared,
    guesses.map((guess) => [sha256(secret), sha256(guess)]),
  )
})
