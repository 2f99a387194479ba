import assert from 'node:assert/strict'
import { createHash, createPrivateKey, createPublicKey, sign, verify, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { calculateJwkThumbprint } from 'jose'
import { generateSigningKey, publicMembers, type SigningAlgorithm, thumbprint } from './jwk.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const make = (algorithm: SigningAlgorithm) => generateSigningKey({ algorithm, commonName: 'tenant.example', now })
const keys = { RS256: await make('RS256'), PS256: await make('PS256'), ES256: await make('ES256') }

test('the thumbprint of RFC 7638 §3.1', () => {
  const n =
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj' +
    'hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw'
  assert.equal(thumbprint({ kty: 'RSA', n, e: 'AQAB' }), 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

for (const [algorithm, key] of Object.entries(keys)) {
  test(`SEC-112: the public JWK of an ${algorithm} key shows what it must and nothing private`, () => {
    const members = key.publicJwk.kty === 'RSA' ? ['e', 'n'] : ['crv', 'x', 'y']
    const expected = [...members, 'alg', 'kid', 'kty', 'use', 'x5c', 'x5t']
    assert.deepEqual(Object.keys(key.publicJwk).toSorted(), expected.toSorted())
    assert.equal(key.publicJwk.alg, algorithm)
    assert.equal(key.publicJwk.use, 'sig')
    assert.equal(key.publicJwk.kid, key.kid)
  })

  test(`the ${algorithm} key is named by its thumbprint, as others compute it`, async () => {
    assert.equal(key.kid, await calculateJwkThumbprint(key.publicJwk))
  })

  test(`the certificate of an ${algorithm} key is its own, valid for ten years`, () => {
    const der = Buffer.from(key.publicJwk.x5c[0], 'base64')
    assert.equal(der.toString('base64'), key.publicJwk.x5c[0])
    const certificate = new X509Certificate(der)
    assert.equal(certificate.subject, 'CN=tenant.example')
    assert.equal(certificate.issuer, 'CN=tenant.example')
    assert.ok(certificate.verify(certificate.publicKey))
    assert.deepEqual(publicMembers(certificate.publicKey), publicMembers(createPublicKey(key.privateKeyPem)))
    assert.equal(certificate.validFromDate.getTime(), now)
    assert.equal(certificate.validToDate.getTime(), Date.UTC(2036, 0, 2, 3, 4, 5))
    assert.equal(key.publicJwk.x5t, createHash('sha1').update(der).digest('base64url'))
  })

  test(`the private half of an ${algorithm} key is PKCS#8 and fits the public one`, () => {
    assert.match(key.privateKeyPem, /^-----BEGIN PRIVATE KEY-----\n/)
    const signature = sign('sha256', Buffer.from('text'), createPrivateKey(key.privateKeyPem))
    const publicKey = createPublicKey({ key: key.publicJwk, format: 'jwk' })
    assert.ok(verify('sha256', Buffer.from('text'), publicKey, signature))
  })
}

test('SEC-105: RSA keys have at least 2048 bits, EC keys are on P-256', async () => {
  assert.equal(createPrivateKey(keys.RS256.privateKeyPem).asymmetricKeyDetails?.modulusLength, 2048)
  assert.equal(createPrivateKey(keys.ES256.privateKeyPem).asymmetricKeyDetails?.namedCurve, 'prime256v1')
  const wishes = { algorithm: 'RS256', commonName: 'a', now } as const
  await assert.rejects(generateSigningKey({ ...wishes, modulusLength: 1024 }), RangeError)
  const strong = await generateSigningKey({ ...wishes, modulusLength: 3072 })
  assert.equal(createPrivateKey(strong.privateKeyPem).asymmetricKeyDetails?.modulusLength, 3072)
})

test('a common name is a name, whatever it contains; a serial number is positive', async () => {
  const commonName = 'a, O=Somebody Else + CN="b"'
  const random = (size: number) => new Uint8Array(size).fill(0xff)
  const key = await generateSigningKey({ algorithm: 'ES256', commonName, now, random })
  const certificate = new X509Certificate(Buffer.from(key.publicJwk.x5c[0], 'base64'))
  assert.deepEqual(Object.keys(certificate.toLegacyObject().subject), ['CN'])
  assert.equal(certificate.toLegacyObject().subject.CN, commonName)
  assert.equal(certificate.serialNumber, `7F${'FF'.repeat(15)}`)
})

test('every key is another', () => {
  assert.notEqual(keys.RS256.kid, keys.PS256.kid)
})
