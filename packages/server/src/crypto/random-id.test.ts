import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pooled, type Random, randomAlphanumeric, randomHex, randomToken, systemRandom } from './random-id.ts'

/** Chi-squared of the observed counts against all being equally likely. */
function chiSquared(counts: Iterable<number>): number {
  const observed = [...counts]
  const expected = observed.reduce((sum, count) => sum + count, 0) / observed.length
  return observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

test('SEC-050: tokens do not repeat and their bytes are equally frequent', () => {
  const counts = Array.from({ length: 256 }, () => 0)
  const seen = new Set<string>()
  for (let index = 0; index < 100_000; index++) {
    const token = randomToken(systemRandom)
    seen.add(token)
    for (const byte of Buffer.from(token, 'base64url')) counts[byte] = (counts[byte] ?? 0) + 1
  }
  assert.equal(seen.size, 100_000)
  assert.ok(chiSquared(counts) < 400, 'above 400 happens once in a hundred million runs (255 degrees of freedom)')
})

test('SEC-103: a token carries 256 bits by default', () => {
  assert.equal(Buffer.from(randomToken(systemRandom), 'base64url').length, 32)
  assert.match(randomToken(systemRandom), /^[\w-]{43}$/)
  assert.match(randomToken(systemRandom, 20), /^[\w-]{27}$/)
})

test('letters and digits are equally frequent', () => {
  const counts = new Map<string, number>()
  for (const character of randomAlphanumeric(systemRandom, 620_000)) {
    counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  assert.equal(counts.size, 62)
  assert.ok(chiSquared(counts.values()) < 160, 'above 160 happens less than once in a billion runs (61 degrees)')
})

test('a byte that would favour some letters is thrown away', () => {
  const script = [255, 248, 0, 61, 62]
  const random: Random = (size) => Uint8Array.from(Array.from({ length: size }, () => script.shift() ?? 1))
  assert.equal(randomAlphanumeric(random, 3), 'A9A')
})

test('a client id has the length asked for', () => {
  assert.match(randomAlphanumeric(systemRandom, 32), /^[A-Za-z0-9]{32}$/)
  assert.equal(randomAlphanumeric(systemRandom, 0), '')
})

test('hexadecimal has two characters per byte', () => {
  assert.equal(
    randomHex(() => Uint8Array.of(0, 10, 255), 3),
    '000aff',
  )
})

test('the pool hands out every byte once, in order, and keeps none', () => {
  let filled = 0
  let pool = new Uint8Array()
  const random = pooled((bytes) => {
    pool = bytes as Uint8Array<ArrayBuffer>
    for (let index = 0; index < bytes.length; index++) bytes[index] = 1 + (filled++ % 255)
  })
  assert.deepEqual([...random(3), ...random(2)], [1, 2, 3, 4, 5])
  assert.deepEqual([...pool.subarray(0, 6)], [0, 0, 0, 0, 0, 6])
})

test('the pool refills before it runs dry, and passes large wishes on', () => {
  const fills: number[] = []
  const random = pooled((bytes) => {
    fills.push(bytes.length)
    bytes.fill(7)
  })
  for (let index = 0; index < 200; index++) assert.deepEqual(random(32), new Uint8Array(32).fill(7))
  assert.deepEqual(fills, [4096, 4096])
  assert.equal(random(100_000).length, 100_000)
  assert.deepEqual(fills, [4096, 4096, 100_000])
})

test('SEC-302: when the generator fails, nothing is handed out', () => {
  const random = pooled(() => {
    throw new Error('no entropy')
  })
  assert.throws(() => randomToken(random), /no entropy/)
  assert.throws(() => randomToken(random), /no entropy/)
})
