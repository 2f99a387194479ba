import assert from 'node:assert/strict'
import test from 'node:test'
import { aSigningKey, part } from '../testing/signing-key.ts'
import { IdTokenError } from './errors.ts'
import { type IdTokenExpectations, verifyIdToken } from './id-token.ts'
import type { KeySource } from './jwks.ts'
import type { SigningAlgorithm } from './signature.ts'

const NOW = 1_800_000_000
const issuer = 'https://auth.example.com/'
const expected: IdTokenExpectations = { issuer, clientId: 'abc', nonce: 'n-1' }
const good = { iss: issuer, sub: 'auth0|ada', aud: 'abc', iat: NOW, exp: NOW + 3600, nonce: 'n-1', name: 'Ada ✓' }

const keys = {
  RS256: await aSigningKey('rsa', 'RS256'),
  PS256: await aSigningKey('pss', 'PS256'),
  ES256: await aSigningKey('ec', 'ES256'),
}
const published = new Map<string, Record<string, unknown>>(Object.values(keys).map((key) => [key.kid, key.jwk]))

const sourceOf = (found: Map<string, Record<string, unknown>>): KeySource => ({
  async find(kid) {
    const key = found.get(kid)
    if (!key) throw new IdTokenError('unknown key')
    return key
  },
})
const source = sourceOf(published)

const verify = (token: string, expectations = expected, from = source) =>
  verifyIdToken(token, expectations, from, { now: () => NOW * 1000 })
const refused = (message?: RegExp) => ({ name: 'IdTokenError', code: 'invalid_id_token', ...(message && { message }) })

for (const alg of ['RS256', 'PS256', 'ES256'] as const) {
  test(`accepts a good ${alg} token and returns its claims`, async () => {
    assert.deepEqual(await verify(await keys[alg].sign(good)), good)
  })

  test(`refuses an ${alg} token of which one byte was changed`, async () => {
    const [header, , signature] = (await keys[alg].sign(good)).split('.')
    const forged = `${header}.${part({ ...good, sub: 'auth0|eve' })}.${signature}`
    await assert.rejects(verify(forged), refused(/signature is wrong/))
  })

  test(`refuses an ${alg} token when only another algorithm is allowed`, async () => {
    const algorithms = (['RS256', 'PS256', 'ES256'] as const).filter((other) => other !== alg)
    await assert.rejects(verify(await keys[alg].sign(good), { ...expected, algorithms }), refused(/allowed: /))
  })
}

test('refuses alg none, HS256 with the public key as secret, and other spellings', async () => {
  for (const alg of ['none', 'NONE', 'HS256', 'rs256', 'RS384', '', null, undefined, ['RS256']]) {
    await assert.rejects(verify(await keys.RS256.sign(good, { alg })), refused(/is signed with/))
  }
})

test('refuses a token without signature, with too few or too many parts, and garbage', async () => {
  const [header, payload, signature] = (await keys.ES256.sign(good)).split('.')
  const garbled = [
    `${header}.${payload}.`,
    `${header}.${payload}`,
    '',
    '..',
    'a.b.c',
    `${header}.${payload}.${signature}.x`,
  ]
  garbled.push(`${header}.${payload}.${signature}=`, `${header}.${payload}.!`, `${part([])}.${payload}.${signature}`)
  for (const token of garbled) await assert.rejects(verify(token), refused())
})

test('refuses claims that are not an object, though well signed', async () => {
  for (const claims of [[], null, 'x', 1])
    await assert.rejects(verify(await keys.ES256.sign(claims)), refused(/garbled/))
})

test('refuses an access token in place of an ID token (RFC 8725 §3.11)', async () => {
  await assert.rejects(verify(await keys.ES256.sign(good, { typ: 'at+jwt' })), refused(/another type/))
  assert.ok(await verify(await keys.ES256.sign(good, { typ: undefined })))
  assert.ok(await verify(await keys.ES256.sign(good, { typ: 'jwt' })))
})

test('refuses critical extensions (RFC 7515 §4.1.11) and a missing kid', async () => {
  await assert.rejects(verify(await keys.ES256.sign(good, { crit: ['exp'] })), refused(/extension/))
  await assert.rejects(verify(await keys.ES256.sign(good, { kid: undefined })), refused(/which key/))
})

test('refuses a key that is meant for something else', async () => {
  const changes = [{ use: 'enc' }, { alg: 'PS256' }, { kty: 'EC' }, { n: undefined }, { n: 'AQAB' }]
  for (const change of changes) {
    const changed = sourceOf(new Map([['rsa', { ...keys.RS256.jwk, ...change }]]))
    await assert.rejects(verify(await keys.RS256.sign(good), expected, changed), refused())
  }
})

test('refuses an RSA key under 2048 bits (RFC 7518 §3.3)', async () => {
  const weak = await aSigningKey('weak', 'RS256', 1024)
  const token = await weak.sign(good)
  await assert.rejects(verify(token, expected, sourceOf(new Map([['weak', weak.jwk]]))), refused(/unusable/))
})

test('a key without alg and use is taken by its type', async () => {
  for (const alg of ['RS256', 'PS256', 'ES256'] satisfies SigningAlgorithm[]) {
    const { kid, jwk, sign } = keys[alg]
    const bare = sourceOf(new Map([[kid, { ...jwk, alg: undefined, use: undefined }]]))
    assert.ok(await verify(await sign(good), expected, bare))
  }
})

const ACCEPTED: [string, Record<string, unknown>, Partial<IdTokenExpectations>?][] = [
  ['aud is a list of one', { aud: ['abc'] }],
  ['aud is a list and azp is the client', { aud: ['abc', 'api'], azp: 'abc' }],
  ['it expired a minute ago', { exp: NOW - 60 }],
  ['it is from a minute ahead', { iat: NOW + 60, nbf: NOW + 60 }],
  ['the user signed in max_age ago', { auth_time: NOW - 160 }, { maxAge: 100 }],
  ['auth_time is old but nobody asked', { auth_time: 1 }],
  ['it has no nonce after a refresh', { nonce: undefined }, { nonceMayBeAbsent: true }],
  ['it has the old nonce after a refresh', {}, { nonceMayBeAbsent: true }],
  ['neither has a nonce', { nonce: undefined }, { nonce: undefined }],
  ['the organization id is right', { org_id: 'org_1' }, { organization: 'org_1' }],
  ['the organization name is right', { org_id: 'org_1', org_name: 'acme' }, { organization: 'Acme' }],
  ['the user is the same', {}, { subject: 'auth0|ada' }],
]
for (const [why, claims, expectations] of ACCEPTED) {
  test(`accepts when ${why}`, async () => {
    assert.ok(await verify(await keys.ES256.sign({ ...good, ...claims }), { ...expected, ...expectations }))
  })
}

const REFUSED: [string, Record<string, unknown>, Partial<IdTokenExpectations>?][] = [
  ['iss lacks the slash', { iss: 'https://auth.example.com' }],
  ['iss is another server', { iss: 'https://evil.example/' }],
  ['iss is missing', { iss: undefined }],
  ['sub is empty', { sub: '' }],
  ['sub is a number', { sub: 1 }],
  ['aud is another client', { aud: 'abcd' }],
  ['aud contains the client as a part', { aud: 'x abc' }],
  ['aud is missing', { aud: undefined }],
  ['aud holds a non-string', { aud: ['abc', 1] }],
  ['aud is a list without azp', { aud: ['abc', 'api'] }],
  ['azp is another client', { azp: 'other' }],
  ['it expired 61 seconds ago', { exp: NOW - 61 }],
  ['exp is missing', { exp: undefined }],
  ['exp is text', { exp: `${NOW + 3600}` }],
  ['iat is missing', { iat: undefined }],
  ['it is from 61 seconds ahead', { iat: NOW + 61 }],
  ['nbf is ahead', { nbf: NOW + 61 }],
  ['nbf is text', { nbf: `${NOW}` }],
  ['the nonce is another', { nonce: 'n-2' }],
  ['the nonce is missing', { nonce: undefined }],
  ['there is a nonce though none was sent', {}, { nonce: undefined }],
  ['the nonce after a refresh is another', { nonce: 'n-2' }, { nonceMayBeAbsent: true }],
  ['auth_time is missing though max_age was sent', {}, { maxAge: 100 }],
  ['auth_time is text', { auth_time: `${NOW}` }, { maxAge: 100 }],
  ['the user signed in too long ago', { auth_time: NOW - 161 }, { maxAge: 100 }],
  ['the user signed in too long ago for max_age 0', { auth_time: NOW - 61 }, { maxAge: 0 }],
  ['the organization is missing', {}, { organization: 'org_1' }],
  ['the organization is another', { org_id: 'org_2' }, { organization: 'org_1' }],
  ['the organization name is another', { org_id: 'org_1', org_name: 'other' }, { organization: 'acme' }],
  ['the user is another', {}, { subject: 'auth0|eve' }],
]
for (const [why, claims, expectations] of REFUSED) {
  test(`refuses when ${why}`, async () => {
    await assert.rejects(
      verify(await keys.ES256.sign({ ...good, ...claims }), { ...expected, ...expectations }),
      refused(),
    )
  })
}
