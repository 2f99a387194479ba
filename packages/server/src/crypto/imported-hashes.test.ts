import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { parseImportedHash } from './imported-hashes.ts'

const threads: Worker[] = []
process.on('worker', (thread) => threads.push(thread))

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')
const salt = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '')
const longPassword = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const longHash = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui'

async function accepts(password: string, encoded: string): Promise<boolean> {
  const hash = parseImportedHash(encoded)
  assert.ok(hash, 'the hash is understood')
  const bytes = Buffer.from(password)
  return hash.canTell(bytes) && hash.verify(bytes)
}

const pbkdf2 =
  '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783'
const scrypt =
  'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640'

for (const [story, password, encoded] of [
  ['bcrypt, Openwall', 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt, Openwall', 'U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  ['bcrypt, Openwall', 'U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['bcrypt, Openwall, as $2b$', 'U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt, Openwall, as $2y$', 'U*U', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt, Openwall, empty', '', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy'],
  ['bcrypt, Openwall, 72 bytes', longPassword, longHash],
  ['PBKDF2, RFC 7914 §11', 'passwd', `$pbkdf2-sha256$i=1$${salt('salt')}$${base64(pbkdf2)}`],
  [
    'PBKDF2, RFC 6070',
    'password',
    `$pbkdf2-sha1$i=4096,l=20$${salt('salt')}$${base64('4b007901b765489abead49d926f721d065a429c1')}`,
  ],
  ['scrypt, RFC 7914 §12', 'password', `$scrypt$ln=10,r=8,p=16$${salt('NaCl')}$${base64(scrypt)}`],
] as const) {
  test(`SEC-186: verifies ${story}: ${JSON.stringify(password).slice(0, 20)}`, async () => {
    assert.equal(await accepts(password, encoded), true)
    assert.equal(await accepts(`${password.slice(0, 60)}x`, encoded), false)
  })
}

test('SEC-187: bcrypt does not accept a password that differs after byte 72, though to bcrypt it is the same', async () => {
  assert.equal(await accepts(`${longPassword}chars after 72 are ignored`, longHash), false)
  assert.equal(await accepts(`${longPassword.slice(0, 71)}é`, longHash), false)
})

test('SEC-187: bcrypt does not accept a password that repeats itself after a NUL, though to bcrypt it is the same', async () => {
  const encoded = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
  const confused = Buffer.from('U*U\0U*U')
  assert.equal(await parseImportedHash(encoded)?.verify(confused), true, 'this is what bcrypt itself says')
  assert.equal(await accepts('U*U\0U*U', encoded), false)
})

test('SEC-293: bcrypt works on a thread of its own, and the threads are used again', async () => {
  const encoded = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
  await accepts('U*U', encoded) // from here on a thread is waiting, whichever tests ran before
  const answers: unknown[] = []
  for (const thread of threads) thread.on('message', (answer) => answers.push(answer))
  const known = threads.length
  assert.equal(await accepts('U*U', encoded), true)
  assert.equal(await accepts('else', encoded), false)
  assert.deepEqual(answers, [true, false])
  assert.equal(threads.length, known)
})

test('several at a time get their own answers', async () => {
  const encoded = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
  const answers = ['U*U', 'x', 'U*U', 'y'].map((password) => accepts(password, encoded))
  assert.deepEqual(await Promise.all(answers), [true, false, true, false])
})

for (const [story, encoded] of [
  ['nothing', ''],
  ['plain text', 'password'],
  ['plain MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
  ['bcrypt that takes a minute', '$2a$20$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt of cost 3', '$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['bcrypt with the sign extension bug', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['truncated bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe'],
  ['a line more', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n'],
  ['PBKDF2 with MD5', `$pbkdf2-md5$i=1$c2FsdA$${base64(pbkdf2)}`],
  ['PBKDF2 without iterations', `$pbkdf2-sha256$i=0$c2FsdA$${base64(pbkdf2)}`],
  ['PBKDF2 with nine million iterations', `$pbkdf2-sha256$i=9000000$c2FsdA$${base64(pbkdf2)}`],
  ['PBKDF2 of another length than it says', `$pbkdf2-sha256$i=1,l=32$c2FsdA$${base64(pbkdf2)}`],
  ['PBKDF2 with a hash of one byte', '$pbkdf2-sha256$i=1$c2FsdA$AA'],
  ['PBKDF2 with an empty hash', '$pbkdf2-sha256$i=1$c2FsdA$'],
  ['scrypt with a terabyte', `$scrypt$ln=30,r=8,p=1$TmFDbA$${base64(scrypt)}`],
  ['scrypt with many lanes', `$scrypt$ln=17,r=8,p=16$TmFDbA$${base64(scrypt)}`],
  ['scrypt without work', `$scrypt$ln=0,r=8,p=1$TmFDbA$${base64(scrypt)}`],
  ['scrypt without blocks', `$scrypt$ln=10,r=0,p=1$TmFDbA$${base64(scrypt)}`],
] as const) {
  test(`does not understand ${story}`, () => assert.equal(parseImportedHash(encoded), undefined))
}
