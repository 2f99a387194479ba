// Auth0's own `auth0` 6 for Node.js, unmodified. It insists on https://{domain}.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AuthenticationClient, UserInfoClient } from 'auth0'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl } from '../../packages/server/testing/login.ts'
import type { TestServer } from '../../packages/server/testing/start-server.ts'
import { aWebApp, seedWith, webApp } from '../testing/apps.ts'
import { startHttpsServer } from '../testing/https-server.ts'
import { aPerson } from '../testing/person.ts'

const { clientId, clientSecret, callback } = webApp
const scope = 'openid profile email offline_access appointments'

let server: TestServer
let domain: string
let auth0: AuthenticationClient
before(async () => {
  const seed = seedWith(aWebApp({ grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] }))
  server = await startHttpsServer(async (store, tenant, url) => {
    await seed(store, tenant, url)
    await store.clientGrants.save({ id: 'cgr_1', clientId, audience: sample.audience, scope: ['read:contacts'] })
  })
  domain = new URL(server.url).host
  auth0 = new AuthenticationClient({ domain, clientId, clientSecret })
})
after(() => server?.stop())

const link = (over: Record<string, string | undefined> = {}) =>
  authorizeUrl({ client_id: clientId, redirect_uri: callback, scope, audience: sample.audience, ...over })

async function codeGrant(over: Record<string, string> = {}) {
  const nonce = 'n-0S6_WzA2Mj'
  const url = await aPerson(server.url).open(link({ nonce, ...over }))
  const code = url.searchParams.get('code') ?? assert.fail(`no code in ${url}`)
  const form = { code, redirect_uri: callback, code_verifier: sample.verifier }
  // With the nonce the SDK verifies the ID token: signature, issuer, audience and times.
  const { data } = await auth0.oauth.authorizationCodeGrantWithPKCE(form, { idTokenValidateOptions: { nonce } })
  return { form, tokens: data }
}

const payloadOf = (jwt = '') => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

test('AuthenticationClient: authorization code grant with PKCE, for an API', async () => {
  const { tokens } = await codeGrant()
  assert.equal(tokens.token_type, 'Bearer')
  const claims = payloadOf(tokens.access_token)
  assert.deepEqual(claims.aud, [sample.audience, `https://${domain}/userinfo`])
  assert.equal(claims.iss, `https://${domain}/`)
  assert.equal(claims.azp, clientId)
})

test('AuthenticationClient: authorization code grant without PKCE, as passport-auth0 and auth0-python do it', async () => {
  const nonce = 'n-0S6_WzA2Mj'
  const url = await aPerson(server.url).open(
    link({ nonce, code_challenge: undefined, code_challenge_method: undefined }),
  )
  const form = { code: url.searchParams.get('code') ?? assert.fail(`no code in ${url}`), redirect_uri: callback }
  const { data } = await auth0.oauth.authorizationCodeGrant(form, { idTokenValidateOptions: { nonce } })
  assert.equal(payloadOf(data.access_token).azp, clientId)
})

test('AuthenticationClient: a code works once, and its replay kills what it gave (SEC-053)', async () => {
  const { form, tokens } = await codeGrant()
  const again = auth0.oauth.authorizationCodeGrantWithPKCE(form)
  await assert.rejects(again, { name: 'AuthApiError', error: 'invalid_grant' })
  const refresh = auth0.oauth.refreshTokenGrant({ refresh_token: tokens.refresh_token ?? '' })
  await assert.rejects(refresh, { name: 'AuthApiError', error: 'invalid_grant' })
})

test('AuthenticationClient: refresh rotates, revoke ends', async () => {
  const { tokens } = await codeGrant()
  const { data: refreshed } = await auth0.oauth.refreshTokenGrant({ refresh_token: tokens.refresh_token ?? '' })
  assert.equal(payloadOf(refreshed.id_token).sub, sample.userId)
  const token = refreshed.refresh_token ?? assert.fail('no successor')
  assert.notEqual(token, tokens.refresh_token)
  const { status } = await auth0.oauth.revokeRefreshToken({ token })
  assert.equal(status, 200)
  await assert.rejects(auth0.oauth.refreshTokenGrant({ refresh_token: token }), { error: 'invalid_grant' })
})

test('AuthenticationClient: client credentials, and its refusals in words that the SDK understands', async () => {
  const { data } = await auth0.oauth.clientCredentialsGrant({ audience: sample.audience })
  assert.equal(payloadOf(data.access_token).sub, `${clientId}@clients`)
  assert.equal(payloadOf(data.access_token).scope, 'read:contacts')
  await assert.rejects(auth0.oauth.clientCredentialsGrant({ audience: 'urn:other' }), {
    name: 'AuthApiError',
    error: 'access_denied',
    statusCode: 403,
  })
  const stranger = new AuthenticationClient({ domain, clientId, clientSecret: 'wrong' })
  await assert.rejects(stranger.oauth.clientCredentialsGrant({ audience: sample.audience }), { statusCode: 401 })
})

test('UserInfoClient: the profile for an access token; 401 for anything else', async () => {
  const { tokens } = await codeGrant()
  const userInfo = new UserInfoClient({ domain })
  const { data } = await userInfo.getUserInfo(tokens.access_token)
  assert.equal(data.sub, sample.userId)
  assert.equal(data.email_verified, true)
  assert.equal(typeof data.updated_at, 'string')
  await assert.rejects(userInfo.getUserInfo('nonsense'), { statusCode: 401 })
})

test('nothing of this was an error on the server', () => assert.deepEqual(server.errors, []))
