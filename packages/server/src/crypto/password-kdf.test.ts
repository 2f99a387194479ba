import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createPasswordKdf, Overloaded } from './password-kdf.ts'
import { systemRandom } from './random-id.ts'

const kdf = createPasswordKdf()
const password = 'correct horse battery staple'
const encoded = await kdf.hash(password)
const wrong = { ok: false, upgrade: false }

test('SEC-186: a password becomes argon2id with 19 MiB and two passes, and a salt of its own', async () => {
  const shape = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/
  const again = await kdf.hash(password)
  assert.match(encoded, shape)
  assert.match(again, shape)
  assert.notEqual(again, encoded)
})

test('the right password is right and needs no upgrade; another is wrong', async () => {
  assert.deepEqual(await kdf.verify(password, encoded), { ok: true, upgrade: false })
  assert.deepEqual(await kdf.verify(`${password}!`, encoded), wrong)
  assert.deepEqual(await kdf.verify('', encoded), wrong)
})

for (const [story, stored] of [
  ['bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['argon2i', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
  [
    'argon2id of another cost',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ],
] as const) {
  test(`SEC-186: ${story} is upgraded by the right password, and only by it`, async () => {
    const right = story === 'bcrypt' ? 'U*U' : 'password'
    assert.deepEqual(await kdf.verify(right, stored), { ok: true, upgrade: true })
    assert.deepEqual(await kdf.verify('else', stored), wrong)
  })
}

for (const [story, one, two] of [
  ['after byte 72', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`],
  ['after a NUL', 'secret\0one', 'secret\0two'],
  ['by a NUL at the end', 'secret', 'secret\0'],
  ['by a NUL at the start', '\0secret', '\0'],
  ['by composition of an accent', 'caf\u00e9', 'cafe\u0301'],
  ['by compatibility', '\ufb01sh', 'fish'],
  ['by a space at the end', 'secret', 'secret '],
  ['by case', 'straße', 'STRASSE'],
] as const) {
  test(`SEC-187: passwords that differ ${story} are different`, async () => {
    const stored = await kdf.hash(one)
    assert.equal((await kdf.verify(one, stored)).ok, true)
    assert.equal((await kdf.verify(two, stored)).ok, false)
  })
}

test('SEC-187: 4096 bytes are a password, 4097 are not, and the answer is as for a wrong one', async () => {
  const longest = 'é'.repeat(2048)
  assert.equal((await kdf.verify(longest, await kdf.hash(longest))).ok, true)
  for (const tooMuch of [`${longest}x`, 'x'.repeat(5_000_000), '\ud800']) {
    assert.deepEqual(await kdf.verify(tooMuch, encoded), wrong)
    assert.equal(await kdf.verifyNothing(tooMuch), undefined)
    await assert.rejects(kdf.hash(tooMuch), RangeError)
  }
})

test('a stored hash that is none matches nothing and throws nothing', async () => {
  const sawn = fc.nat(encoded.length - 1).map((length) => encoded.slice(0, length))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), sawn), async (stored) => {
      assert.deepEqual(await kdf.verify(password, stored), wrong)
    }),
    { numRuns: 20 },
  )
})

test('SEC-190: what is too long is refused as fast for a known user as for an unknown one, without any work', async () => {
  const none = createPasswordKdf({
    random: () => {
      throw new Error('no work was expected')
    },
  })
  const long = 'x'.repeat(4097)
  await none.verifyNothing(long)
  assert.deepEqual(await none.verify(long, encoded), wrong)
})

test('SEC-293: beyond the queue passwords are refused at once, known and unknown users alike', async () => {
  const small = createPasswordKdf({ concurrency: 1, queueLimit: 2 })
  const flood = [
    ...Array.from({ length: 3 }, () => small.verify(password, encoded)),
    small.verify(password, encoded),
    small.verifyNothing(password),
    small.hash(password),
  ]
  const answers = await Promise.allSettled(flood)
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected'],
  )
  for (const answer of answers.slice(3)) {
    assert.ok(answer.status === 'rejected' && answer.reason instanceof Overloaded && answer.reason.retryAfter >= 1)
  }
  assert.equal((await small.verify(password, encoded)).ok, true, 'and afterwards all is well')
})

test('SEC-302: the salt comes from the generator that was handed in, and its failure is ours', async () => {
  const fixed = createPasswordKdf({ random: (size) => new Uint8Array(size) })
  assert.match(await fixed.hash(password), /\$A{22}\$/)
  assert.equal(await fixed.hash(password), await fixed.hash(password))
  const broken = createPasswordKdf({
    random: () => {
      throw new Error('no entropy')
    },
  })
  await assert.rejects(broken.hash(password), /no entropy/)
  assert.equal(systemRandom(16).length, 16)
})
