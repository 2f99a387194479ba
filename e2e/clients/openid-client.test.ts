// `openid-client` 6, unmodified: the certified relying party of Node.js, which checks all that a specification lets it check.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import * as client from 'openid-client'
import { sample } from '../../packages/server/testing/builders.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { aWebApp, seedWith, webApp } from '../testing/apps.ts'
import { startHttpsServer } from '../testing/https-server.ts'
import { aPerson } from '../testing/person.ts'

interface Registered {
  name: string
  clientId: string
  authentication: client.ClientAuth
  /** Whether the server speaks https with its own local authority. */
  secure?: boolean
}

const registered: Registered[] = [
  { name: 'a public client', clientId: sample.clientId, authentication: client.None() },
  {
    name: 'a confidential client, client_secret_basic with special characters (SEC-080)',
    clientId: webApp.clientId,
    authentication: client.ClientSecretBasic(webApp.clientSecret),
  },
  {
    name: 'a confidential client, client_secret_post with special characters',
    clientId: webApp.clientId,
    authentication: client.ClientSecretPost(webApp.clientSecret),
  },
  { name: 'a public client over https', clientId: sample.clientId, authentication: client.None(), secure: true },
]

let plain: TestServer
let secure: TestServer
before(async () => {
  const seed = seedWith(aWebApp())
  ;[plain, secure] = await Promise.all([startServer({ seed }), startHttpsServer(seed)])
})
after(() => Promise.all([plain?.stop(), secure?.stop()]))

for (const app of registered)
  suite(app.name, () => {
    const scope = 'openid profile email offline_access'
    const redirectUri = webApp.callback
    let server: TestServer
    let config: client.Configuration

    before(async () => {
      server = app.secure ? secure : plain
      const execute = app.secure ? [] : [client.allowInsecureRequests]
      // With this the signature of the ID token is verified, too, although it came from the server directly.
      execute.push(client.enableNonRepudiationChecks)
      config = await client.discovery(new URL(server.url), app.clientId, undefined, app.authentication, { execute })
    })

    async function signIn(person = aPerson(server.url), more: Record<string, string> = {}) {
      const [pkceCodeVerifier, expectedState, expectedNonce] = [
        client.randomPKCECodeVerifier(),
        client.randomState(),
        client.randomNonce(),
      ]
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
        ...more,
      })
      const callback = await person.open(url)
      const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: more.max_age ? 60 : undefined }
      return { person, callback, checks, tokens: await client.authorizationCodeGrant(config, callback, checks) }
    }

    test('discovery names the issuer, and everything under it', () => {
      const metadata = config.serverMetadata()
      assert.equal(metadata.issuer, `${server.url}/`)
      assert.equal(metadata.supportsPKCE(), true)
      for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'] as const)
        assert.ok(metadata[endpoint]?.startsWith(metadata.issuer), endpoint)
    })

    test('code and PKCE, a verified ID token, and userinfo about the same user', async () => {
      const { tokens } = await signIn(undefined, { max_age: '60' })
      const claims = tokens.claims()
      assert.equal(claims?.sub, sample.userId)
      assert.equal(claims?.email, sample.email)
      assert.equal(typeof claims?.auth_time, 'number')
      const user = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
      assert.equal(user.name, 'Ada Lovelace')
    })

    test('a second code for the same session asks for no password, and a wrong verifier gets nothing', async () => {
      const { person } = await signIn()
      await signIn(person, { prompt: 'none' })
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope,
        code_challenge: sample.challenge,
        code_challenge_method: 'S256',
      })
      const callback = await person.open(url)
      const wrong = client.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: client.randomPKCECodeVerifier(),
      })
      await assert.rejects(wrong, { name: 'ResponseBodyError', error: 'invalid_grant' })
    })

    test('refresh tokens rotate, and a replay ends the family (SEC-118, SEC-119)', async () => {
      const { tokens } = await signIn()
      const first = tokens.refresh_token ?? assert.fail('no refresh token')
      const refreshed = await client.refreshTokenGrant(config, first)
      const second = refreshed.refresh_token ?? assert.fail('no successor')
      assert.notEqual(second, first)
      assert.equal(refreshed.claims()?.sub, sample.userId)
      assert.equal(refreshed.claims()?.nonce, undefined)
      server.clock.advance(6_000) // beyond the leeway
      await assert.rejects(client.refreshTokenGrant(config, first), { error: 'invalid_grant' })
      await assert.rejects(client.refreshTokenGrant(config, second), { error: 'invalid_grant' })
    })

    test('a revoked refresh token is dead', async () => {
      const { tokens } = await signIn()
      const token = tokens.refresh_token ?? assert.fail('no refresh token')
      await client.tokenRevocation(config, token)
      await assert.rejects(client.refreshTokenGrant(config, token), { error: 'invalid_grant' })
    })

    test('RP-initiated logout leads back with its state, and the session is gone', async () => {
      const { person, tokens } = await signIn()
      const url = client.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token ?? '',
        post_logout_redirect_uri: webApp.bye,
        state: 'bye~1=',
      })
      const answer = await person.browser.get(url.href)
      assert.equal(answer.status, 302)
      assert.equal(answer.location, `${webApp.bye}?state=${encodeURIComponent('bye~1=')}`)
      const silent = signIn(person, { prompt: 'none' })
      await assert.rejects(silent, { name: 'AuthorizationResponseError', error: 'login_required' })
    })
  })

test('a wrong secret is told as such, and the server noticed no error of its own', async () => {
  const wrong = client.ClientSecretBasic(`${webApp.clientSecret}x`)
  const execute = [client.allowInsecureRequests]
  const config = await client.discovery(new URL(plain.url), webApp.clientId, undefined, wrong, { execute })
  await assert.rejects(client.refreshTokenGrant(config, 'x'), {
    name: 'WWWAuthenticateChallengeError',
    status: 401,
  })
  assert.deepEqual([...plain.errors, ...secure.errors], [])
})
