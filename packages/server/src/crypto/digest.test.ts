import assert from 'node:assert/strict'
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

test('SEC-062: the time of a comparison does not tell how much of a guess is right', () => {
  // Welch's t between guesses that differ at the first and at the last character, interleaved, with the slowest
  // twentieth cut off: those were interrupted by something else. A comparison that stops early reaches hundreds.
  const secret = 'x'.repeat(4096)
  const early = `y${secret.slice(1)}`
  const late = `${secret.slice(1)}y`
  const times: [number[], number[]] = [[], []]
  for (let index = 0; index < 40_000; index++) {
    const which = index % 2 === 0 ? 0 : 1
    const guess = which === 0 ? early : late
    const start = process.hrtime.bigint()
    equalInConstantTime(secret, guess)
    times[which].push(Number(process.hrtime.bigint() - start))
  }
  const [a, b] = times.map((all) => summary(all.toSorted((x, y) => x - y).slice(0, all.length * 0.95))) as [S, S]
  const t = (a.mean - b.mean) / Math.sqrt(a.variance / a.size + b.variance / b.size)
  assert.ok(Math.abs(t) < 15 || Math.abs(a.mean - b.mean) < 50, `t = ${t}, ${a.mean} ns against ${b.mean} ns`)
})

type S = { mean: number; variance: number; size: number }
function summary(sample: number[]): S {
  const mean = sample.reduce((sum, value) => sum + value, 0) / sample.length
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (sample.length - 1)
  return { mean, variance, size: sample.length }
}
