import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  craft,
  encode,
  expected,
  generated,
  headerFor,
  issue,
  now,
  payload,
  refused,
} from '../../testing/sample-tokens.ts'
import { generateSigningKey } from './jwk.ts'
import { signJwt, verifyJwt } from './jwt.ts'

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
