import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashArgon2id, parseArgon2, verifyArgon2 } from './argon2.ts'

/** From the test suite of the reference implementation, version 0x13. */
const reference = [
  ['password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  ['differentpassword', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94'],
  ['password', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
] as const

for (const [password, encoded] of reference) {
  test(`the reference vector ${encoded.slice(0, 36)} verifies`, async () => {
    const hash = parseArgon2(encoded)
    assert.ok(hash)
    assert.equal(await verifyArgon2(Buffer.from(password), hash), true)
    assert.equal(await verifyArgon2(Buffer.from(`${password} `), hash), false)
  })
}

test('hashing writes the reference vector', async () => {
  const cost = { memory: 65536, passes: 2, parallelism: 1 }
  assert.equal(await hashArgon2id(Buffer.from('password'), cost, Buffer.from('somesalt')), reference[0][1])
})

const [, good] = reference[0]
for (const [story, encoded] of [
  ['another version', good.replace('v=19', 'v=16')],
  ['no version', good.replace('$v=19', '')],
  ['another algorithm', good.replace('argon2id', 'argon2')],
  ['padding', `${good}=`],
  ['a hash that is not canonical', `${good.slice(0, -1)}d`],
  ['a short salt', good.replace('c29tZXNhbHQ', 'c29tZXM')],
  ['a short hash, which a guess could hit', good.slice(0, good.lastIndexOf('$') + 7)],
  ['no hash', good.slice(0, good.lastIndexOf('$') + 1)],
  ['no passes', good.replace('t=2', 't=0')],
  ['no lanes', good.replace('p=1', 'p=0')],
  ['too little memory for its lanes', good.replace('m=65536,t=2,p=1', 'm=64,t=2,p=9')],
  ['more memory than we give', good.replace('m=65536', 'm=262145')],
  ['more work than we do', good.replace('m=65536,t=2', 'm=262144,t=9')],
  ['something behind', `${good}$`],
  ['something before', ` ${good}`],
  ['a line more', `${good}\n`],
] as const) {
  test(`refuses a stored hash with ${story}`, () => assert.equal(parseArgon2(encoded), undefined))
}
