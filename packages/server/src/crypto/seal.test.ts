import assert from 'node:assert/strict'
import { createCipheriv, hkdfSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSealer, SealError } from './seal.ts'

const secret = 'Vq7mT2xLw9ZrB4nKc8YdH3pJf6GsA1eU'
const other = 'b0Wk5XyQz7RtN2vMj4LhD9cPg1FaS6iE'
const sealer = createSealer(secret)

test('what is sealed opens again, whatever it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.string({ unit: 'binary' }), (plaintext, purpose) => {
      assert.deepEqual(new Uint8Array(sealer.open(sealer.seal(plaintext, purpose), purpose)), plaintext)
    }),
  )
  assert.equal(sealer.open(sealer.seal('Grüße \u{1f511}', 'a'), 'a').toString(), 'Grüße \u{1f511}')
})

test('the text says which version it is, and never says the same thing twice', () => {
  const once = sealer.seal('secret', 'a')
  assert.match(once, /^kw1\.[\w-]{8}\.[\w-]+$/)
  assert.notEqual(once, sealer.seal('secret', 'a'))
})

test('SEC-114: without the secret nothing opens, and the sealed text does not contain it', () => {
  const sealed = sealer.seal('-----BEGIN PRIVATE KEY-----', 'signing-key:t1')
  assert.ok(!Buffer.from(sealed.split('.')[2] ?? '', 'base64url').includes('PRIVATE'))
  assert.throws(() => createSealer(other).open(sealed, 'signing-key:t1'), SealError)
})

test('SEC-301: what is sealed for one purpose opens for no other, not even for another tenant', () => {
  const sealed = sealer.seal('secret', 'signing-key:t1')
  for (const purpose of ['signing-key:t2', 'signing-key', '', 'Signing-key:t1', 'signing-key:t1 ']) {
    assert.throws(() => sealer.open(sealed, purpose), SealError)
  }
})

test('SEC-301: a mac is no key for sealing and a purpose no other', () => {
  const mac = sealer.mac('value', 'csrf')
  assert.equal(sealer.checkMac('value', 'csrf', mac), true)
  assert.equal(sealer.checkMac('value', 'cookie', mac), false)
  assert.equal(sealer.checkMac('valuE', 'csrf', mac), false)
  assert.equal(createSealer(other).checkMac('value', 'csrf', mac), false)
})

test('a change of any single bit is noticed', () => {
  const sealed = sealer.seal('secret', 'a')
  const [version, id, text] = sealed.split('.') as [string, string, string]
  const body = Buffer.from(text, 'base64url')
  for (let bit = 0; bit < body.length * 8; bit++) {
    const changed = Buffer.from(body)
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    assert.throws(() => sealer.open(`${version}.${id}.${changed.toString('base64url')}`, 'a'), SealError, `bit ${bit}`)
  }
})

test('a truncated or misspelt text is refused', () => {
  const sealed = sealer.seal('', 'a')
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => sealer.open(sealed.slice(0, length), 'a'), SealError)
  }
  for (const text of [
    `${sealed}A`,
    `${sealed}=`,
    `${sealed}.`,
    ` ${sealed}`,
    sealed.replace('kw1', 'kw2'),
    sealed.replace('.', '..'),
    `${sealed}.${sealed}`,
  ]) {
    assert.throws(() => sealer.open(text, 'a'), SealError, text)
  }
})

test('no text, however strange, throws anything but a SealError', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', 'kw1.', sealer.seal('x', 'a').slice(0, 13)),
      (tail, head) => {
        assert.throws(() => sealer.open(head + tail, 'a'), SealError)
        assert.equal(sealer.checkMac('value', 'a', head + tail), false)
      },
    ),
  )
})

test('a shortened mac is refused', () => {
  const mac = sealer.mac('value', 'csrf')
  for (const text of ['', mac.slice(0, -1), mac.slice(0, 22), `${mac}=`, `${mac}A`]) {
    assert.equal(sealer.checkMac('value', 'csrf', text), false, text)
  }
})

test('SEC-299: after a rotation the old is still readable, recognised as stale, and the new is sealed under the new', () => {
  const sealed = sealer.seal('secret', 'a')
  const mac = sealer.mac('value', 'a')
  const rotated = createSealer(other, [secret])
  assert.equal(rotated.open(sealed, 'a').toString(), 'secret')
  assert.equal(rotated.isStale(sealed), true)
  assert.equal(rotated.checkMac('value', 'a', mac), true)

  const again = rotated.seal(rotated.open(sealed, 'a'), 'a')
  assert.equal(rotated.isStale(again), false)
  assert.equal(createSealer(other).open(again, 'a').toString(), 'secret')
  assert.throws(() => sealer.open(again, 'a'), SealError)
})

test('the format is fixed: HKDF-SHA-256, AES-256-GCM, nonce before, tag behind', () => {
  const derive = (label: string) => Buffer.from(hkdfSync('sha256', secret, 'keywright', label, 32))
  const nonce = Buffer.alloc(12, 7)
  const cipher = createCipheriv('aes-256-gcm', derive('seal:a'), nonce).setAAD(Buffer.from('a'))
  const body = Buffer.concat([nonce, cipher.update('stored long ago'), cipher.final(), cipher.getAuthTag()])
  const id = derive('id').toString('base64url').slice(0, 8)
  assert.equal(sealer.open(`kw1.${id}.${body.toString('base64url')}`, 'a').toString(), 'stored long ago')
})
