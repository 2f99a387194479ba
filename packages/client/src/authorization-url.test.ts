import assert from 'node:assert/strict'
import test from 'node:test'
import { authorizationUrl } from './authorization-url.ts'

const request = {
  clientId: 'abc',
  redirectUri: 'com.myclientapp://myclientapp.com/callback',
  scope: 'appointments contacts',
  state: 's',
  nonce: 'n',
  codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
}

const parametersOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

test('sends the parameters of the code flow with PKCE, and no empty ones', () => {
  const url = authorizationUrl('https://auth.example.com/', request)
  assert.ok(url.startsWith('https://auth.example.com/authorize?'))
  assert.deepEqual(parametersOf(url), {
    response_type: 'code',
    client_id: 'abc',
    redirect_uri: 'com.myclientapp://myclientapp.com/callback',
    scope: 'appointments contacts',
    state: 's',
    nonce: 'n',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
})

test('names every hint as the server expects it', () => {
  const hints = {
    audience: 'appointments:api',
    prompt: 'login',
    maxAge: 0,
    loginHint: 'ada+1@example.com',
    screenHint: 'signup',
    uiLocales: 'de en',
    acrValues: 'mfa',
    connection: 'github',
    organization: 'org_1',
    invitation: 'i',
  }
  const sent = parametersOf(authorizationUrl('https://auth.example.com/', { ...request, ...hints }))
  assert.equal(sent.audience, 'appointments:api')
  assert.equal(sent.max_age, '0')
  assert.equal(sent.login_hint, 'ada+1@example.com')
  assert.equal(sent.screen_hint, 'signup')
  assert.equal(sent.ui_locales, 'de en')
  assert.equal(sent.acr_values, 'mfa')
  for (const name of ['prompt', 'connection', 'organization', 'invitation'] as const)
    assert.equal(sent[name], hints[name])
})

test('parameters of the app never replace those of the protocol, and each is sent once', () => {
  const parameters = { state: 'evil', code_challenge_method: 'plain', 'ext-colour': 'blue & red' }
  const url = new URL(authorizationUrl('https://auth.example.com/', { ...request, parameters }))
  assert.deepEqual(url.searchParams.getAll('state'), ['s'])
  assert.deepEqual(url.searchParams.getAll('code_challenge_method'), ['S256'])
  assert.equal(url.searchParams.get('ext-colour'), 'blue & red')
})
