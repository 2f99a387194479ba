import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Context } from '#context.ts'
import { type JwtHeader, signJwt } from '#crypto/jwt.ts'
import { aClient, sample } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { isBeyondJudgement, readIdToken, verifyIdTokenHint } from './id-token-hint.ts'
import { currentKey } from './signing-keys.ts'

let server: TestServer
let ctx: Context
before(async () => {
  server = await startServer()
  const { store, tenant, clock } = server
  ctx = { store, tenant, now: clock.now } as unknown as Context
})
after(() => server.stop())

const seconds = () => Math.floor(server.clock.now() / 1000)

/** An ID token of ours that differs from the usual one by `over`; `undefined` leaves a claim out. */
async function hint(over: Record<string, unknown> = {}, header: Partial<JwtHeader> = {}): Promise<string> {
  const key = await currentKey(header.alg ?? 'RS256', ctx)
  assert.ok(key.privateKey)
  const usual = {
    iss: ctx.tenant.issuer,
    sub: sample.userId,
    aud: sample.clientId,
    iat: seconds(),
    exp: seconds() + 60,
  }
  return signJwt({ alg: key.algorithm, typ: 'JWT', kid: key.kid, ...header }, { ...usual, ...over }, key.privateKey)
}
const judge = (token: string) => verifyIdTokenHint(token, aClient(), ctx)

describe('SEC-014 SEC-100 a hint is an ID token that we issued to this client', () => {
  test('it says who is expected, with each of our algorithms, and however old it is', async () => {
    for (const alg of ['RS256', 'PS256', 'ES256'] as const)
      assert.equal(await judge(await hint({}, { alg })), sample.userId)
    assert.equal(await judge(await hint({ iat: 1, exp: 2 })), sample.userId)
    assert.equal(await judge(await hint({ iat: seconds() + 60 })), sample.userId)
    assert.deepEqual(await readIdToken(await hint({ sid: 'one', iat: 1, exp: 2 }), ctx), {
      iss: ctx.tenant.issuer,
      sub: sample.userId,
      aud: sample.clientId,
      sid: 'one',
      iat: 1,
      exp: 2,
    })
  })

  const refused: [what: string, over: Record<string, unknown>, header?: Partial<JwtHeader>][] = [
    ['to another client', { aud: 'other' }],
    ['to this client among others', { aud: [sample.clientId] }],
    ['to nobody', { aud: undefined }],
    ['by another issuer', { iss: 'https://other.example/' }],
    ['by nobody', { iss: undefined }],
    ['about nobody', { sub: undefined }],
    ['about a number', { sub: 7 }],
    ['that is an access token, by its scope', { scope: 'openid' }],
    ['that is an access token, by its jti', { jti: 'one' }],
    ['that is an access token, by its type', {}, { typ: 'at+jwt' }],
    ['that never ends', { exp: undefined }],
    ['in the future', { iat: 9_999_999_999, exp: 9_999_999_999 }],
  ]
  for (const [what, over, header] of refused)
    test(`not one ${what}`, async () =>
      assert.rejects(judge(await hint(over, header)), { code: 'invalid_request', message: /id_token_hint must be/ }))

  test('not one that was changed, or is none', async () => {
    const [head, body, signature = ''] = (await hint()).split('.')
    const other = signature.startsWith('A') ? 'B' : 'A'
    for (const token of [`${head}.${body}.${other}${signature.slice(1)}`, `${head}.${body}.`, 'nonsense', ''])
      await assert.rejects(judge(token), { code: 'invalid_request' }, token)
  })
})

test('a key that is unknown or revoked makes it no lie, only nothing that can be judged', async () => {
  const [token, strange, ours] = await Promise.all([hint(), hint({}, { kid: 'unknown' }), hint({ aud: 'other' })])
  assert.equal(await judge(strange), undefined)
  assert.equal(await isBeyondJudgement(strange, ctx), true)
  assert.equal(await isBeyondJudgement(ours, ctx), false)
  assert.equal(await isBeyondJudgement('nonsense', ctx), false)
  for (const [over, header] of [
    [{ iss: 'https://other.example/' }, { kid: 'unknown' }],
    [{}, { kid: undefined }],
  ] as const)
    assert.equal(await isBeyondJudgement(await hint(over, header as Partial<JwtHeader>), ctx), false)
  const keys = await server.store.signingKeys.list()
  const revoked = {
    ...ctx,
    store: { ...ctx.store, signingKeys: { list: async () => keys.map((key) => ({ ...key, status: 'revoked' })) } },
  } as unknown as Context
  assert.equal(await verifyIdTokenHint(token, aClient(), revoked), undefined)
  assert.equal(await isBeyondJudgement(token, revoked), true)
})

test('what goes wrong on our side is no fault of the hint', async () => {
  const broken = { ...ctx, store: { signingKeys: { list: () => Promise.reject(new Error('database away')) } } }
  const token = await hint()
  await assert.rejects(verifyIdTokenHint(token, aClient(), broken as unknown as Context), /database away/)
  await assert.rejects(isBeyondJudgement(token, broken as unknown as Context), /database away/)
})
