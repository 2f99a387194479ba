import assert from 'node:assert/strict'
import crypto, { type Argon2Parameters } from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'

// Listens in on the real Argon2, so it must be in place before anybody imports it.
const derived: { algorithm: string; parameters: Argon2Parameters }[] = []
const { argon2 } = crypto
crypto.argon2 = (algorithm, parameters, callback) => {
  derived.push({ algorithm, parameters })
  argon2(algorithm, parameters, callback)
}
syncBuiltinESMExports()
const { createPasswordKdf } = await import('./password-kdf.ts')

const kdf = createPasswordKdf()
const encoded = await kdf.hash('correct horse battery staple')
const bcrypt = '$2a$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'

/** What makes Argon2id cost what it costs: all but the bytes that go in. */
async function workOf(attempt: () => Promise<unknown>): Promise<object[]> {
  derived.length = 0
  await attempt()
  return derived.map(({ algorithm, parameters: { memory, passes, parallelism, tagLength, nonce } }) => {
    return { algorithm, memory, passes, parallelism, tagLength, salt: Buffer.from(nonce as Uint8Array).length }
  })
}

const expected = [{ algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1, tagLength: 32, salt: 16 }]

for (const [story, attempt] of [
  ['the right password', () => kdf.verify('correct horse battery staple', encoded)],
  ['a wrong password', () => kdf.verify('wrong', encoded)],
  ['an empty password', () => kdf.verify('', encoded)],
  ['a very long password', () => kdf.verify('x'.repeat(4096), encoded)],
  ['an unknown user', () => kdf.verifyNothing('wrong')],
  ['an unknown user and an empty password', () => kdf.verifyNothing('')],
  ['an unknown user and a very long password', () => kdf.verifyNothing('x'.repeat(4096))],
  ['a stored hash that is none', () => kdf.verify('wrong', 'no hash')],
  ['a password that an imported hash cannot tell from others', () => kdf.verify('x'.repeat(73), bcrypt)],
] as const)
  test(`SEC-190: ${story} costs one Argon2id of the same size`, async () => {
    assert.deepEqual(await workOf(attempt), expected)
  })
