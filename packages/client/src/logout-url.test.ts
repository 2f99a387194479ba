import assert from 'node:assert/strict'
import test from 'node:test'
import { logoutUrl } from './logout-url.ts'

const issuer = 'https://auth.example.com/'
const options = { clientId: 'a b', returnTo: 'com.app://bye?x=1', idTokenHint: 'eyJ' }

test('/oidc/logout carries the hint and the return address', () => {
  assert.equal(
    logoutUrl(issuer, options),
    `${issuer}oidc/logout?client_id=a%20b&id_token_hint=eyJ&post_logout_redirect_uri=com.app%3A%2F%2Fbye%3Fx%3D1`,
  )
})

test('/v2/logout carries returnTo and never the ID token', () => {
  assert.equal(
    logoutUrl(issuer, { ...options, endpoint: 'v2' }),
    `${issuer}v2/logout?client_id=a%20b&returnTo=com.app%3A%2F%2Fbye%3Fx%3D1`,
  )
})

test('federated is a bare flag, and absent unless asked for', () => {
  assert.equal(logoutUrl(issuer, { clientId: 'a', federated: true }), `${issuer}oidc/logout?client_id=a&federated`)
  assert.equal(logoutUrl(issuer, { clientId: 'a', federated: false }), `${issuer}oidc/logout?client_id=a`)
  assert.ok(logoutUrl(issuer, { clientId: 'a', federated: true, endpoint: 'v2' }).endsWith('&federated'))
})
