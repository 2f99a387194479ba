import assert from 'node:assert/strict'
import { createPrivateKey, sign } from 'node:crypto'
import { generateSigningKey, type SigningAlgorithm } from '#crypto/jwk.ts'
import { InvalidToken, type JwtExpectations, signJwt, verifyJwt } from '#crypto/jwt.ts'

export const now = Date.UTC(2026, 0, 2)
export const seconds = now / 1000
export const generated = {
  RS256: await generateSigningKey({ algorithm: 'RS256', commonName: 'a', now }),
  PS256: await generateSigningKey({ algorithm: 'PS256', commonName: 'a', now }),
  ES256: await generateSigningKey({ algorithm: 'ES256', commonName: 'a', now }),
}
export const privateKeys = {
  RS256: createPrivateKey(generated.RS256.privateKeyPem),
  PS256: createPrivateKey(generated.PS256.privateKeyPem),
  ES256: createPrivateKey(generated.ES256.privateKeyPem),
}
export const payload = {
  iss: 'https://tenant.example/',
  aud: 'appointments:api',
  sub: 'auth0|1',
  iat: seconds,
  exp: seconds + 100,
}
export const expected: JwtExpectations = {
  keys: { keys: Object.values(generated).map((key) => key.publicJwk) },
  algorithms: ['RS256', 'PS256', 'ES256'],
  issuer: 'https://tenant.example/',
  audience: 'appointments:api',
  now: () => now,
}

export const headerFor = (alg: SigningAlgorithm, typ = 'JWT') => ({ alg, typ, kid: generated[alg].kid })
export const issue = (claims: object = {}, alg: SigningAlgorithm = 'RS256', typ?: string) =>
  signJwt(headerFor(alg, typ), { ...payload, ...claims }, privateKeys[alg])
export const encode = (text: string | Uint8Array) => Buffer.from(text).toString('base64url')
/** A token whose parts are exactly these bytes, with a good RS256 signature over them. */
export const craft = (header: string | Uint8Array, body: string | Uint8Array = JSON.stringify(payload)) => {
  const signed = `${encode(header)}.${encode(body)}`
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKeys.RS256).toString('base64url')}`
}
/** Passes if the token is refused for that reason, and with `InvalidToken`. */
export const refused = (token: string, message: RegExp, changes: Partial<JwtExpectations> = {}) =>
  assert.rejects(verifyJwt(token, { ...expected, ...changes }), (error) => {
    assert.ok(error instanceof InvalidToken, String(error))
    assert.match(error.message, message)
    return true
  })
