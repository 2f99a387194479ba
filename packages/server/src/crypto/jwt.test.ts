import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { jwtVerify } from 'jose'
import {
  craft,
  expected,
  generated,
  headerFor,
  issue,
  now,
  payload,
  privateKeys,
  refused,
  seconds,
} from '../../testing/sample-tokens.ts'
import { type JwtExpectations, signJwt, verifyJwt } from './jwt.ts'

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

test('signing refuses a key that does not fit the algorithm', async () => {
  await assert.rejects(signJwt(headerFor('RS256'), payload, privateKeys.ES256), TypeError)
  await assert.rejects(signJwt(headerFor('ES256'), payload, privateKeys.RS256), TypeError)
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

test('SEC-107: 59 seconds of difference pass with a leeway of 60, 61 do not, and more leeway is not to be had', async () => {
  const leeway = { leewaySeconds: 60 }
  for (const claims of [
    { exp: seconds - 59 },
    { nbf: seconds + 59 },
    { iat: seconds + 59 },
    { auth_time: seconds + 59 },
  ])
    assert.ok(await verifyJwt(await issue(claims), { ...expected, ...leeway }))
  for (const claims of [
    { exp: seconds - 61 },
    { nbf: seconds + 61 },
    { iat: seconds + 61 },
    { auth_time: seconds + 61 },
  ])
    await refused(await issue(claims), /exp|nbf|future/, leeway)
  await assert.rejects(verifyJwt(await issue(), { ...expected, leewaySeconds: 61 }), RangeError)
  await assert.rejects(verifyJwt(await issue(), { ...expected, leewaySeconds: Number.NaN }), RangeError)
})

test('SEC-107: without leeway the future is forgiven up to 60 seconds all the same, and the past is not', async () => {
  for (const claim of ['nbf', 'iat', 'auth_time']) {
    for (const ahead of [0, 1, 59, 60]) assert.ok(await verifyJwt(await issue({ [claim]: seconds + ahead }), expected))
    await refused(await issue({ [claim]: seconds + 61 }), /nbf|future/)
  }
  assert.ok(await verifyJwt(await issue({ exp: seconds + 1 }), expected))
  for (const late of [0, 1, 59]) await refused(await issue({ exp: seconds - late }), /exp/)
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
  await refused(await issue({ nbf: seconds + 61 }), /nbf/, { allowExpired: true })
  await refused(`${(await issue(old)).slice(0, -4)}AAAA`, /signature|canonical/, { allowExpired: true })
})
