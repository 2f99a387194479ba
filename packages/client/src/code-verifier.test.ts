import assert from 'node:assert/strict'
import test from 'node:test'
import { codeChallengeOf, createCodeVerifier } from './code-verifier.ts'

test('the challenge of RFC 7636 Appendix B', async () => {
  const challenge = await codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
  assert.equal(challenge, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
})

test('the verifier of RFC 7636 Appendix B comes from its 32 bytes', () => {
  const bytes = [116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186]
  bytes.push(22, 212, 37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121)
  const random = (length: number) => Uint8Array.from(bytes.slice(0, length))
  assert.equal(createCodeVerifier({ random }), 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
})

test('verifiers have 43 characters of the allowed alphabet and differ', () => {
  const verifiers = Array.from({ length: 100 }, () => createCodeVerifier())
  for (const verifier of verifiers) assert.match(verifier, /^[A-Za-z0-9_-]{43}$/)
  assert.equal(new Set(verifiers).size, 100)
})
