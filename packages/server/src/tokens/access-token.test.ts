import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Context } from '#context.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { aClient, anApi, aUser, sample } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { claimsOf, headerOf } from '../../testing/tokens.ts'
import { signAccessToken } from './access-token.ts'
import type { Authorization } from './authorization.ts'

let server: TestServer
let ctx: Context
before(async () => {
  server = await startServer()
  const { store, tenant, clock } = server
  ctx = { store, tenant, now: clock.now, random: systemRandom } as unknown as Context
})
after(() => server.stop())

const user: Authorization = {
  client: aClient(),
  user: aUser(),
  grantId: 'grant',
  scope: ['openid', 'appointments'],
  tellScope: true,
  grantType: 'refresh_token',
}
const machine: Authorization = { ...user, user: undefined, grantType: 'client-credentials' }

async function signed(authorization: Authorization, over: Parameters<typeof anApi>[0] = {}) {
  const token = await signAccessToken(authorization, anApi(over), ctx)
  const { iat, exp, jti, ...claims } = claimsOf(token)
  assert.equal(Number(exp) - Number(iat), 86_400)
  assert.ok(Math.abs(Number(iat) - server.clock.now() / 1000) < 60)
  assert.ok(typeof jti === 'string' && jti.length >= 22)
  return { typ: headerOf(token).typ, claims }
}

test('SEC-101 every claim, in either dialect, for users and machines', async () => {
  const common = { iss: ctx.tenant.issuer, scope: 'openid appointments' }
  const ofUser = { ...common, sub: sample.userId, aud: [sample.audience, `${ctx.tenant.issuer}userinfo`] }
  const ofMachine = { ...common, sub: `${sample.clientId}@clients`, aud: sample.audience }
  const auth0 = { azp: sample.clientId }
  assert.deepEqual(await signed(user), { typ: 'JWT', claims: { ...ofUser, ...auth0, gty: 'refresh_token' } })
  assert.deepEqual(await signed(machine), { typ: 'JWT', claims: { ...ofMachine, ...auth0, gty: 'client-credentials' } })
  const rfc9068 = { tokenDialect: 'rfc9068_profile' } as const
  const standard = { client_id: sample.clientId }
  assert.deepEqual(await signed(user, rfc9068), { typ: 'at+jwt', claims: { ...ofUser, ...standard } })
  assert.deepEqual(await signed(machine, rfc9068), { typ: 'at+jwt', claims: { ...ofMachine, ...standard } })
})

test('no scope, no claim; no openid, no door to /userinfo', async () => {
  const { claims } = await signed({ ...user, scope: [] })
  assert.ok(!('scope' in claims))
  assert.equal(claims.aud, sample.audience)
  assert.equal((await signed({ ...user, scope: ['appointments'] })).claims.scope, 'appointments')
})

test('permissions are told only by a dialect that tells them, and only with RBAC on', async () => {
  for (const tokenDialect of [
    'access_token',
    'access_token_authz',
    'rfc9068_profile',
    'rfc9068_profile_authz',
  ] as const)
    for (const enforcePolicies of [true, false]) {
      const { claims } = await signed(user, { tokenDialect, enforcePolicies })
      const told = enforcePolicies && tokenDialect.endsWith('_authz')
      assert.deepEqual(claims.permissions, told ? [] : undefined, `${tokenDialect} ${enforcePolicies}`)
    }
})
