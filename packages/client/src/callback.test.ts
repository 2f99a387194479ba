import assert from 'node:assert/strict'
import test from 'node:test'
import { checkCallback, parseCallback } from './callback.ts'

const issuer = 'https://auth.example.com/'
const expected = { state: 'xyz', issuer }
const good = { code: 'c', state: 'xyz', iss: issuer }

const PARSED = [
  'com.myclientapp://myclientapp.com/callback?code=a%2Fb&state=xyz&iss=https%3A%2F%2Fauth.example.com%2F',
  'com.myclientapp:/callback?state=xyz&code=a%2Fb&iss=https%3A%2F%2Fauth.example.com%2F#_=_',
  'http://127.0.0.1:49152/callback?mine=1&mine=2&code=a/b&state=xyz&iss=https://auth.example.com/',
]
for (const url of PARSED) {
  test(`reads ${url}`, () => {
    const { code, state, iss, error } = parseCallback(url)
    assert.deepEqual({ code, state, iss, error }, { code: 'a/b', state: 'xyz', iss: issuer, error: undefined })
  })
}

const MALFORMED = [
  '',
  'https://app.example/cb',
  'https://app.example/cb?',
  'https://app.example/cb?code=&state=xyz',
  'https://app.example/cb#code=c&state=xyz',
  'https://app.example/cb?code=a&code=b&state=xyz',
  'https://app.example/cb?code=a&state=xyz&state=xyz',
  'https://app.example/cb?code=a&iss=a&iss=b',
  'https://app.example/cb?code=%zz&state=xyz',
  'https://app.example/cb?code=%ff&state=xyz',
]
for (const url of MALFORMED) {
  test(`refuses ${url || 'an empty callback'}`, () => {
    assert.throws(() => parseCallback(url), { name: 'CallbackError', code: 'invalid_callback' })
  })
}

test('returns the code of a good callback', () => assert.equal(checkCallback(good, expected), 'c'))

test('refuses another state, or none (RFC 6749 §10.12)', () => {
  assert.throws(() => checkCallback({ ...good, state: 'abc' }, expected), { code: 'state_mismatch' })
  assert.throws(() => checkCallback({ ...good, state: undefined }, expected), { code: 'state_mismatch' })
})

for (const iss of ['https://evil.example/', 'https://auth.example.com', 'HTTPS://auth.example.com/', '', undefined]) {
  test(`refuses a callback with iss ${iss} (RFC 9207 §2.4)`, () => {
    assert.throws(() => checkCallback({ ...good, iss }, expected), { name: 'CallbackError', code: 'issuer_mismatch' })
  })
}

test('requireIssuer: false forgives a missing iss, but not a wrong one', () => {
  const lenient = { ...expected, requireIssuer: false }
  assert.equal(checkCallback({ ...good, iss: undefined }, lenient), 'c')
  assert.throws(() => checkCallback({ ...good, iss: 'https://evil.example/' }, lenient), { code: 'issuer_mismatch' })
})

test("the server's error becomes an AuthorizationError, after state and iss are checked", () => {
  const denied = parseCallback(
    'app:/cb?error=access_denied&error_description=User+said%20no&state=xyz&iss=https://auth.example.com/',
  )
  const error = {
    name: 'AuthorizationError',
    code: 'access_denied',
    description: 'User said no',
    message: 'User said no',
  }
  assert.throws(() => checkCallback(denied, expected), error)
  assert.throws(() => checkCallback({ ...denied, state: 'abc' }, expected), { code: 'state_mismatch' })
  assert.throws(() => checkCallback({ ...denied, iss: undefined }, expected), { code: 'issuer_mismatch' })
  assert.throws(() => checkCallback({ ...denied, code: 'c' }, expected), { code: 'access_denied' })
})
