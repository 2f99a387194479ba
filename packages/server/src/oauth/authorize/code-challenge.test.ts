import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { s256 } from '#crypto/digest.ts'
import { aClient, sample } from '../../../testing/builders.ts'
import { fitsChallenge, validateCodeChallenge, verifyCodeVerifier } from './code-challenge.ts'

const confidential = { tokenEndpointAuthMethod: 'client_secret_post' } as const
const strict = aClient()
const lenient = aClient({ ...confidential, requirePkce: false })

describe('a challenge (RFC 7636 §4.2)', () => {
  test('is S256, and 43 characters in their one spelling', () => {
    assert.equal(validateCodeChallenge(sample.challenge, 'S256', strict), sample.challenge)
    const wrong = [
      sample.challenge.slice(1),
      `A${sample.challenge}`,
      `${sample.challenge}A`,
      `${sample.challenge.slice(0, 42)}N`,
      `${sample.challenge.slice(0, 41)}+${sample.challenge.slice(42)}`,
      `${sample.challenge}\n`,
    ]
    for (const challenge of wrong)
      assert.throws(() => validateCodeChallenge(challenge, 'S256', strict), { code: 'invalid_request' }, challenge)
    for (const method of ['plain', 's256', undefined])
      assert.throws(() => validateCodeChallenge(sample.challenge, method, strict), { code: 'invalid_request' })
  })

  test('may be missing only where the client has a secret and PKCE is not asked of it', () => {
    assert.equal(validateCodeChallenge(undefined, undefined, lenient), undefined)
    assert.throws(() => validateCodeChallenge(undefined, 'S256', lenient), { code: 'invalid_request' })
    for (const client of [strict, aClient({ requirePkce: false }), aClient({ ...confidential, requirePkce: true })])
      assert.throws(() => validateCodeChallenge(undefined, undefined, client), { code: 'invalid_request' })
  })
})

describe('a verifier (RFC 7636 §4.6)', () => {
  const fits = (verifier: string) => fitsChallenge(verifier, s256(verifier))

  test('has 43 to 128 characters that a URL leaves alone', () => {
    assert.equal(fitsChallenge(sample.verifier, sample.challenge), true)
    for (const verifier of ['a'.repeat(43), 'a'.repeat(128), `-._~${'0Z'.repeat(20)}`])
      assert.equal(fits(verifier), true)
    for (const verifier of [
      '',
      'a'.repeat(42),
      'a'.repeat(129),
      `${'a'.repeat(43)}\n`,
      `+${'a'.repeat(43)}`,
      `${'a'.repeat(43)}+`,
    ])
      assert.equal(fits(verifier), false, JSON.stringify(verifier))
  })

  test('belongs to its challenge; where there was none, none may come (RFC 9700 §4.8.2)', () => {
    assert.equal(fitsChallenge('b'.repeat(43), sample.challenge), false)
    assert.equal(fitsChallenge(undefined, sample.challenge), false)
    assert.equal(fitsChallenge(undefined, undefined), true)
    assert.equal(fitsChallenge(sample.verifier, undefined), false)
    verifyCodeVerifier(sample.verifier, sample.challenge)
    assert.throws(() => verifyCodeVerifier(sample.verifier, undefined), { code: 'invalid_grant' })
  })
})
