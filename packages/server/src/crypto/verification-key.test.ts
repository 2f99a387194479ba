import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import {
  craft,
  encode,
  expected,
  generated,
  issue,
  payload,
  privateKeys,
  refused,
} from '../../testing/sample-tokens.ts'
import { signJwt, verifyJwt } from './jwt.ts'

test('SEC-097: our public key, in whatever spelling, is no HMAC secret', async () => {
  const publicKey = createPublicKey(privateKeys.RS256)
  const signed = `${encode(JSON.stringify({ alg: 'HS256', kid: generated.RS256.kid }))}.${encode(JSON.stringify(payload))}`
  const { publicJwk } = generated.RS256
  for (const secret of [
    publicKey.export({ type: 'spki', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'der' }),
    publicKey.export({ type: 'pkcs1', format: 'pem' }),
    JSON.stringify(publicJwk),
    publicJwk.kty === 'RSA' ? publicJwk.n : '',
    '',
  ]) {
    const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    await refused(token, /alg is not allowed/)
    await refused(token, /alg is not what the key is for/, { algorithms: ['HS256'] as never[] })
  }
})

test('SEC-097: a key serves its own algorithm only, whatever the header says', async () => {
  const kid = generated.RS256.kid
  const ps256 = await signJwt({ alg: 'PS256', typ: 'JWT', kid }, payload, privateKeys.RS256)
  await refused(ps256, /alg is not what the key is for/)
  const { alg: _, ...anyAlgorithm } = generated.RS256.publicJwk
  assert.equal((await verifyJwt(ps256, { ...expected, keys: { keys: [anyAlgorithm] } })).sub, 'auth0|1')
  await refused(ps256, /alg is not allowed/, { keys: { keys: [anyAlgorithm] }, algorithms: ['RS256'] })
  await refused(await issue(), /alg is not what the key is for/, { keys: () => generated.ES256.publicJwk })
})

test('SEC-097: a key that is not for checking signatures checks none', async () => {
  for (const change of [{ use: 'enc' }, { key_ops: ['sign'] }, { key_ops: 'verify' }, { kty: 'oct', k: 'AAAA' }]) {
    const jwk = { ...generated.RS256.publicJwk, ...change }
    await refused(await issue(), /alg is not what the key is for/, { keys: { keys: [jwk as never] } })
  }
})

for (const kid of ['../../dev/null', "' OR 1=1 --", 'x'.repeat(10_000), 'a\0b', '', '__proto__', 5, null, {}, ['a']]) {
  test(`SEC-099: the kid ${JSON.stringify(kid).slice(0, 40)} finds nothing`, async () => {
    await refused(craft(JSON.stringify({ alg: 'RS256', kid })), /kid/)
    await refused(craft(JSON.stringify({ alg: 'RS256', kid })), /kid/, { keys: () => undefined })
  })
}

test('a token without kid is taken only if one key alone can be meant', async () => {
  const token = craft('{"alg":"RS256"}')
  assert.ok(await verifyJwt(token, expected))
  const two = { keys: [generated.RS256.publicJwk, { ...generated.RS256.publicJwk, kid: 'other' }] }
  await refused(token, /kid names no key/, { keys: two })
  await refused(token, /kid names no key/, { keys: () => generated.RS256.publicJwk })
})

test('SEC-104: ECDSA signatures with r or s zero, out of range, or of another shape are refused', async () => {
  const token = await issue({}, 'ES256')
  const signed = token.slice(0, token.lastIndexOf('.'))
  const good = Buffer.from(token.slice(signed.length + 1), 'base64url')
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const [r, s] = [good.subarray(0, 32), good.subarray(32)]
  const zero = Buffer.alloc(32)
  const one = Buffer.alloc(32)
  one.writeUInt8(1, 31)
  const der = sign('sha256', Buffer.from(signed), privateKeys.ES256)
  for (const signature of [
    ...[zero, one, order, Buffer.alloc(32, 0xff)]
      .flatMap((bad) => [
        [bad, bad],
        [bad, s],
        [r, bad],
      ])
      .map((pair) => Buffer.concat(pair)),
    der,
    Buffer.concat([r, zero, s]),
    Buffer.concat([zero, good]),
    good.subarray(0, 63),
    Buffer.concat([s, r]),
  ]) {
    await refused(`${signed}.${encode(signature)}`, /signature verification failed/)
  }
})

test('SEC-104: a point off the curve is no key', async () => {
  const { publicJwk } = generated.ES256
  for (const point of [
    { y: encode(Buffer.alloc(32, 1)) },
    { x: encode(Buffer.alloc(32)), y: encode(Buffer.alloc(32)) },
    { x: 5 },
  ]) {
    const jwk = { ...publicJwk, ...point }
    await refused(await issue({}, 'ES256'), /key is malformed/, { keys: { keys: [jwk as never] } })
  }
})

test('SEC-105: an RSA key of 1024 bits is refused, whatever it signed', async () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const token = await signJwt({ alg: 'RS256', typ: 'JWT', kid: 'weak' }, payload, weak)
  const { n, e } = createPublicKey(weak).export({ format: 'jwk' })
  await refused(token, /too weak/, { keys: { keys: [{ kty: 'RSA', kid: 'weak', n, e }] } })
})
