import assert from 'node:assert/strict'
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import { generateSigningKey, type SigningAlgorithm } from './jwk.ts'
import { InvalidToken, type JwtExpectations, signJwt, verifyJwt } from './jwt.ts'

const now = Date.UTC(2026, 0, 2)
const seconds = now / 1000
const generated = {
  RS256: await generateSigningKey({ algorithm: 'RS256', commonName: 'a', now }),
  PS256: await generateSigningKey({ algorithm: 'PS256', commonName: 'a', now }),
  ES256: await generateSigningKey({ algorithm: 'ES256', commonName: 'a', now }),
}
const privateKeys = {
  RS256: createPrivateKey(generated.RS256.privateKeyPem),
  PS256: createPrivateKey(generated.PS256.privateKeyPem),
  ES256: createPrivateKey(generated.ES256.privateKeyPem),
}
const payload = {
  iss: 'https://tenant.example/',
  aud: 'appointments:api',
  sub: 'auth0|1',
  iat: seconds,
  exp: seconds + 100,
}
const expected: JwtExpectations = {
  keys: { keys: Object.values(generated).map((key) => key.publicJwk) },
  algorithms: ['RS256', 'PS256', 'ES256'],
  issuer: 'https://tenant.example/',
  audience: 'appointments:api',
  now: () => now,
}

const headerFor = (alg: SigningAlgorithm, typ = 'JWT') => ({ alg, typ, kid: generated[alg].kid })
const issue = (claims: object = {}, alg: SigningAlgorithm = 'RS256', typ?: string) =>
  signJwt(headerFor(alg, typ), { ...payload, ...claims }, privateKeys[alg])
const encode = (text: string | Uint8Array) => Buffer.from(text).toString('base64url')
/** A token whose parts are exactly these bytes, with a good RS256 signature over them. */
const craft = (header: string | Uint8Array, body: string | Uint8Array = JSON.stringify(payload)) => {
  const signed = `${encode(header)}.${encode(body)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKeys.RS256).toString('base64url')}`
}
const refused = (token: string, message: RegExp, changes: Partial<JwtExpectations> = {}) =>
  assert.rejects(verifyJwt(token, { ...expected, ...changes }), (error) => {
    assert.ok(error instanceof InvalidToken, String(error))
    assert.match(error.message, message)
    return true
  })

for (const algorithm of ['RS256', 'PS256', 'ES256'] as const) {
  test(`what is signed with ${algorithm} verifies, here and elsewhere`, async () => {
    const token = await issue({ name: 'Zoë \u{1f511}' }, algorithm, 'at+jwt')
    assert.equal((await verifyJwt(token, { ...expected, typ: 'at+jwt' })).name, 'Zoë \u{1f511}')
    const publicKey = createPublicKey(privateKeys[algorithm])
    const elsewhere = await jwtVerify(token, publicKey, { currentDate: new Date(now), algorithms: [algorithm] })
    assert.deepEqual(elsewhere.protectedHeader, headerFor(algorithm, 'at+jwt'))
  })

  test(`any change to the text of an ${algorithm} token is noticed`, async () => {
    const token = await issue({}, algorithm)
    const position = fc.nat(token.length - 1)
    const character = fc.constantFrom(...Array.from('AQgwZz09-_.=+/ é'))
    await fc.assert(
      fc.asyncProperty(position, character, async (at, replacement) => {
        if (token[at] === replacement) return
        await refused(token.slice(0, at) + replacement + token.slice(at + 1), /./)
      }),
    )
  })
}

test('the RS256 and ES256 examples of RFC 7515 Appendix A verify', async () => {
  const body = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
  const n =
    'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ'
  const rs256 =
    'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw'
  const es256 = 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
  const joe: JwtExpectations = {
    keys: {
      keys: [
        { kty: 'RSA', n, e: 'AQAB' },
        {
          kty: 'EC',
          crv: 'P-256',
          x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
          y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
        },
      ],
    },
    algorithms: ['RS256', 'ES256'],
    issuer: 'joe',
    audience: undefined,
    now: () => 1_300_819_379_000,
  }
  const claims = { iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true }
  assert.deepEqual(await verifyJwt(`eyJhbGciOiJSUzI1NiJ9.${body}.${rs256}`, joe), claims)
  assert.deepEqual(await verifyJwt(`eyJhbGciOiJFUzI1NiJ9.${body}.${es256}`, joe), claims)
})

for (const alg of [
  'none',
  'None',
  'nOnE',
  'NONE',
  '',
  undefined,
  null,
  5,
  ['RS256'],
  'HS256',
  'rs256',
  'RS512',
  'toString',
]) {
  test(`SEC-096: alg ${JSON.stringify(alg)} is refused, signed or not`, async () => {
    const token = craft(JSON.stringify({ alg, kid: generated.RS256.kid }))
    await refused(token, /alg/)
    await refused(`${token.slice(0, token.lastIndexOf('.'))}.`, /three parts/)
    await refused(token.slice(0, token.lastIndexOf('.')), /three parts/)
  })
}

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

test('signing refuses a key that does not fit the algorithm', async () => {
  await assert.rejects(signJwt(headerFor('RS256'), payload, privateKeys.ES256), TypeError)
  await assert.rejects(signJwt(headerFor('ES256'), payload, privateKeys.RS256), TypeError)
})

test('SEC-098: keys that the header brings along are not used', async () => {
  const attacker = await generateSigningKey({ algorithm: 'RS256', commonName: 'attacker', now })
  const privateKey = createPrivateKey(attacker.privateKeyPem)
  const { publicJwk } = attacker
  for (const extra of [
    { jwk: publicJwk },
    { x5c: publicJwk.x5c, x5t: publicJwk.x5t },
    { jku: 'http://127.0.0.1:9/jwks.json' },
    { x5u: 'http://127.0.0.1:9/cert.pem' },
  ]) {
    const own = await signJwt({ ...headerFor('RS256'), ...extra }, payload, privateKey)
    await refused(own, /signature verification failed/)
    const header = JSON.stringify({ ...headerFor('RS256'), kid: attacker.kid, ...extra })
    await refused(craft(header), /kid names no key/)
    // Harmless when the signature is right: they are ignored, not forbidden.
    assert.ok(await verifyJwt(craft(JSON.stringify({ ...headerFor('RS256'), ...extra })), expected))
  }
})

for (const extra of [
  { crit: ['exp'], exp: 1 },
  { crit: [] },
  { crit: ['b64'], b64: false },
  { b64: true },
  { crit: null },
]) {
  test(`SEC-098: the header extension ${JSON.stringify(extra)} is refused`, () =>
    refused(craft(JSON.stringify({ ...headerFor('RS256'), ...extra })), /extensions/))
}

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

test('SEC-100: typ, issuer and audience must be the expected ones', async () => {
  const token = await issue({}, 'RS256', 'at+jwt')
  assert.ok(await verifyJwt(token, { ...expected, typ: 'application/AT+JWT' }))
  await refused(token, /typ/, { typ: 'JWT' })
  await refused(craft(JSON.stringify({ alg: 'RS256', kid: generated.RS256.kid })), /typ/, { typ: 'JWT' })
  await refused(token, /iss/, { issuer: 'https://tenant.example' })
  await refused(token, /aud/, { audience: 'appointments' })
  await refused(token, /aud/, { audience: [] })
  assert.ok(await verifyJwt(await issue({ aud: ['a', 'appointments:api'] }), expected))
  for (const aud of [undefined, null, [], ['a'], {}, 5, 'appointments:api ', ['appointments:api', 5]]) {
    if (Array.isArray(aud) && aud.includes('appointments:api')) continue
    await refused(await issue({ aud }), /aud/)
  }
  for (const iss of [undefined, null, ['https://tenant.example/'], 'https://TENANT.example/']) {
    await refused(await issue({ iss }), /iss/)
  }
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

test('SEC-107: 59 seconds of difference pass with a leeway of 60, 61 do not, and more leeway is not to be had', async () => {
  const leeway = { leewaySeconds: 60 }
  for (const claims of [
    { exp: seconds - 59 },
    { nbf: seconds + 59 },
    { iat: seconds + 59 },
    { auth_time: seconds + 59 },
  ]) {
    assert.ok(await verifyJwt(await issue(claims), { ...expected, ...leeway }))
    await refused(await issue(claims), /exp|nbf|future/)
  }
  for (const claims of [
    { exp: seconds - 61 },
    { nbf: seconds + 61 },
    { iat: seconds + 61 },
    { auth_time: seconds + 61 },
  ]) {
    await refused(await issue(claims), /exp|nbf|future/, leeway)
  }
  await assert.rejects(verifyJwt(await issue(), { ...expected, leewaySeconds: 61 }), RangeError)
  await assert.rejects(verifyJwt(await issue(), { ...expected, leewaySeconds: Number.NaN }), RangeError)
})

for (const claims of [
  { exp: undefined },
  { exp: '9999999999' },
  { exp: null },
  { iat: 'now' },
  { nbf: {} },
  { auth_time: true },
  { exp: -1e300 },
]) {
  test(`times must be numbers: ${JSON.stringify(claims)}`, async () => {
    await refused(await issue(claims), /exp|iat|nbf|auth_time/)
    await refused(await issue(claims), /./, { allowExpired: 'exp' in claims === false })
  })
}

test('an old token is accepted where age does not matter, but nothing else about it is forgiven', async () => {
  const old = { iat: seconds - 5000, exp: seconds - 4000 }
  await refused(await issue(old), /exp/)
  assert.equal((await verifyJwt(await issue(old), { ...expected, allowExpired: true })).exp, old.exp)
  await refused(await issue({ ...old, exp: undefined }), /exp/, { allowExpired: true })
  await refused(await issue({ ...old, exp: -1e300 }), /./, { allowExpired: true })
  await refused(await issue({ ...old, iss: 'else' }), /iss/, { allowExpired: true })
  await refused(await issue({ nbf: seconds + 50 }), /nbf/, { allowExpired: true })
  await refused(`${(await issue(old)).slice(0, -4)}AAAA`, /signature|canonical/, { allowExpired: true })
})

const kid = generated.RS256.kid
const good = JSON.stringify(payload)
for (const [story, token, reason] of [
  ['a member twice in the header', craft(`{"alg":"RS256","kid":"${kid}","kid":"${kid}"}`), /duplicate/],
  [
    'a member twice in the payload',
    craft(JSON.stringify(headerFor('RS256')), `${good.slice(0, -1)},"sub":"admin"}`),
    /duplicate/,
  ],
  [
    'a member twice, once escaped',
    craft(JSON.stringify(headerFor('RS256')), `${good.slice(0, -1)},"\\u0073ub":"x"}`),
    /duplicate/,
  ],
  [
    'invalid UTF-8',
    craft(JSON.stringify(headerFor('RS256')), Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    /UTF-8/,
  ],
  ['deep nesting', craft(JSON.stringify(headerFor('RS256')), `{"a":${'['.repeat(40)}${']'.repeat(40)}}`), /nested/],
  ['a list as payload', craft(JSON.stringify(headerFor('RS256')), '[]'), /not an object/],
  ['nothing as payload', craft(JSON.stringify(headerFor('RS256')), ''), /not JSON/],
  ['null as header', craft('null'), /not an object/],
  [
    'too much',
    craft(JSON.stringify(headerFor('RS256')), JSON.stringify({ ...payload, a: 'x'.repeat(13_000) })),
    /longer/,
  ],
  ['no token', '', /three parts/],
  ['an encrypted token', 'a.b.c.d.e', /three parts/],
] as const) {
  test(`SEC-108: ${story} is refused though well signed`, () => refused(token, reason))
}

test('SEC-108: another spelling of the same signature is refused', async () => {
  const token = await issue()
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const sibling = alphabet[alphabet.indexOf(token.at(-1) ?? '') ^ 1] ?? ''
  const same = (text: string) => Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url')
  assert.deepEqual(same(token.slice(0, -1) + sibling), same(token), 'the spare bits of the last character')
  await refused(token.slice(0, -1) + sibling, /canonical/)
  await refused(`${token}==`, /canonical/)
  await refused(`${token}\n`, /canonical/)
  await refused(token.replaceAll('-', '+').replaceAll('_', '/').replace('.', '.='), /canonical/)
})

test('no text, however strange, throws anything but InvalidToken', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.string(), fc.json().map(encode)), { maxLength: 4 }), (parts) =>
      refused(parts.join('.'), /./),
    ),
  ))
