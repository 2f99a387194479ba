import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { AuthorizationServer } from '../packages/client/testing/authorization-server.ts'
import { aSigningKey, part } from '../packages/client/testing/signing-key.ts'
import { startApi } from './api.ts'

const key = await aSigningKey('key-1', 'RS256')
const server = await AuthorizationServer.start(key)
const { issuer } = server
const api = await startApi({ issuer, audience: 'appointments:api', scope: 'appointments' })
after(async () => {
  api.close()
  await server.stop()
})

const seconds = Math.floor(Date.now() / 1000)
const good = { iss: issuer, aud: ['appointments:api', `${issuer}userinfo`], sub: 'auth0|ada', exp: seconds + 60 }
const claims = { ...good, scope: 'openid appointments' }

async function call(authorization?: string) {
  const response = await fetch(api.url, { headers: authorization ? { authorization } : {} })
  return { status: response.status, challenge: response.headers.get('www-authenticate') }
}

test('lets a good token in, of either dialect', async () => {
  for (const typ of ['JWT', 'at+jwt']) {
    assert.equal((await call(`Bearer ${await key.sign(claims, { typ })}`)).status, 200)
  }
})

test('asks a stranger for a token (RFC 6750 §3)', async () => {
  for (const authorization of [undefined, 'Basic YTpi', 'Bearer', 'Bearer a b']) {
    assert.deepEqual(await call(authorization), { status: 401, challenge: 'Bearer realm="appointments"' })
  }
})

test('refuses a token without the scope', async () => {
  for (const scope of ['', 'contacts', 'appointments:write', undefined]) {
    const { status, challenge } = await call(`Bearer ${await key.sign({ ...claims, scope })}`)
    assert.equal(status, 403)
    assert.equal(challenge, 'Bearer error="insufficient_scope", scope="appointments"')
  }
})

const WRONG = {
  'of another issuer': { iss: 'https://evil.example/' },
  'for another API': { aud: 'contacts:api' },
  'that is an ID token': { aud: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn' },
  'that has expired': { exp: seconds - 1 },
  'that never expires': { exp: undefined },
  'of nobody': { sub: undefined },
}
for (const [what, change] of Object.entries(WRONG)) {
  test(`refuses a token ${what}`, async () => {
    const answer = await call(`Bearer ${await key.sign({ ...claims, ...change })}`)
    assert.deepEqual(answer, { status: 401, challenge: 'Bearer error="invalid_token"' })
  })
}

test('refuses forged and unsigned tokens', async () => {
  const [header, , signature] = (await key.sign(claims)).split('.')
  const stranger = await aSigningKey('key-1', 'RS256')
  const forged = [
    `${header}.${part({ ...claims, sub: 'auth0|eve' })}.${signature}`,
    `${part({ alg: 'none' })}.${part(claims)}.`,
    await stranger.sign(claims),
    await key.sign(claims, { kid: 'other' }),
    'opaque',
  ]
  for (const token of forged) assert.equal((await call(`Bearer ${token}`)).status, 401)
})

test('knows no other address', async () => {
  assert.equal((await fetch(`${api.url}/1`)).status, 404)
  assert.equal((await fetch(api.url, { method: 'POST', body: 'x' })).status, 404)
})
