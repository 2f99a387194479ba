import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  finish,
  now,
  publicJwk,
  type Script,
  secrets,
  strongKey,
  upstreamError,
  upstreamIssuer,
} from '../../../testing/scripted-provider.ts'

const seconds = now / 1000

describe('SEC-228: the ID token', () => {
  const claims =
    (change: Record<string, unknown>) =>
    ({ claims: said }: Script) =>
      void Object.assign(said, change)
  const header =
    (change: Record<string, unknown>) =>
    ({ header: said }: Script) =>
      void Object.assign(said, change)
  const refused: [what: string, change: (script: Script) => void, why: RegExp][] = [
    ['has no iss', claims({ iss: undefined }), /iss/],
    ['is of another issuer', claims({ iss: `${upstreamIssuer}/` }), /iss/],
    ['has no aud', claims({ aud: undefined }), /aud/],
    ['is for another client', claims({ aud: 'other' }), /aud/],
    ['is for others, too', claims({ aud: ['client', 'other'], azp: 'client' }), /aud names others/],
    ['was given to another client', claims({ azp: 'other' }), /azp/],
    ['has an azp that is no text', claims({ azp: ['client'] }), /azp/],
    ['has no nonce', claims({ nonce: undefined }), /no nonce/],
    ['has another nonce', claims({ nonce: 'n'.repeat(42) }), /nonce is not/],
    ['has a nonce that is no text', claims({ nonce: [secrets.nonce] }), /nonce is not/],
    ['has no exp', claims({ exp: undefined }), /exp/],
    ['has no iat', claims({ iat: undefined }), /iat/],
    ['has no sub', claims({ sub: undefined }), /sub/],
    ['has an empty sub', claims({ sub: '' }), /sub/],
    ['has a sub that is a number', claims({ sub: 7 }), /sub/],
    ['has a sub with a line break', claims({ sub: 'a\nb' }), /sub/],
    ['has a sub of 256 characters', claims({ sub: 'a'.repeat(256) }), /sub/],
    ['has no alg', header({ alg: undefined }), /alg/],
    ['has alg none', header({ alg: 'none' }), /alg/],
    ['has alg HS256', header({ alg: 'HS256' }), /alg/],
    ['has an alg that is not on our list', header({ alg: 'RS512' }), /alg/],
    ['has an alg that is not for the key', header({ alg: 'ES256' }), /alg/],
    [
      'has a key of its own',
      header({ kid: undefined, jwk: publicJwk(strongKey.publicKey, 'x'), crit: ['jwk'] }),
      /ext/,
    ],
    ['names a key that is not there', header({ kid: 'two' }), /kid/],
    [
      'is signed by another key',
      (script) => {
        script.signWith = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
      },
      /signature/,
    ],
    [
      'does not fit the access token',
      claims({ at_hash: hash('sha256', 'another', 'buffer').subarray(0, 16).toString('base64url') }),
      /at_hash/,
    ],
    [
      'is missing',
      ({ token }) => {
        token.id_token = undefined
      },
      /without an ID token/,
    ],
    [
      'is no JWT',
      ({ token }) => {
        token.id_token = 'a.b'
      },
      /three parts/,
    ],
  ]
  for (const [what, change, why] of refused)
    test(`${what}: refused`, () => assert.rejects(finish(change), upstreamError(why)))

  const accepted: [what: string, change: (script: Script) => void][] = [
    ['lists us as the only audience', claims({ aud: ['client'], azp: 'client' })],
    ['has alg PS256', header({ alg: 'PS256' })],
    [
      'has alg ES256, by a key for it',
      (script) => {
        const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        script.keys = [publicJwk(publicKey, 'one')]
        script.signWith = privateKey
        script.header.alg = 'ES256'
      },
    ],
    ['names no key, where there is only one', header({ kid: undefined })],
    [
      'fits the access token',
      claims({ at_hash: hash('sha256', 'access', 'buffer').subarray(0, 16).toString('base64url') }),
    ],
    [
      'has an at_hash, but came without an access token',
      ({ token, claims: said }) => {
        token.access_token = undefined
        said.at_hash = 'of what?'
      },
    ],
    ['has a sub of 255 characters', claims({ sub: 'a'.repeat(255) })],
  ]
  for (const [what, change] of accepted) test(`${what}: accepted`, async () => assert.ok(await finish(change)))

  test('other audiences beside us are accepted where the connection says so, and azp is us', async () => {
    const options = { accept_other_audiences: true }
    assert.ok(await finish(claims({ aud: ['client', 'api'], azp: 'client' }), options))
    await assert.rejects(finish(claims({ aud: ['client', 'api'], azp: 'other' }), options), upstreamError(/azp/))
    await assert.rejects(finish(claims({ aud: ['client', 'api'] }), options), upstreamError(/azp nobody/))
    await assert.rejects(finish(claims({ aud: ['api', 'other'], azp: 'client' }), options), upstreamError(/aud/))
  })

  test('at_hash belongs to the algorithm: SHA-512 for Ed25519 (Core §3.1.3.6)', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const edwards = (digest: string) => (script: Script) => {
      script.keys = [publicJwk(publicKey, 'one')]
      script.signWith = privateKey
      script.header.alg = 'EdDSA'
      const bytes = hash(digest, 'access', 'buffer')
      script.claims.at_hash = bytes.subarray(0, bytes.length / 2).toString('base64url')
    }
    const options = { id_token_signed_response_algs: ['EdDSA'] }
    assert.ok(await finish(edwards('sha512'), options))
    await assert.rejects(finish(edwards('sha256'), options), upstreamError(/at_hash/))
  })

  test('SEC-105: a key of 1024 bits opens nothing', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const useWeak = (script: Script) => {
      script.keys = [publicJwk(weak.publicKey, 'one')]
      script.signWith = weak.privateKey
    }
    await assert.rejects(finish(useWeak), upstreamError(/key is too weak/))
  })

  test('SEC-107: clocks may differ by a minute, for exp, iat and nbf alike', async () => {
    for (const [inside, outside] of [
      [{ exp: seconds - 59 }, { exp: seconds - 61 }],
      [{ iat: seconds + 59 }, { iat: seconds + 61 }],
      [{ nbf: seconds + 59 }, { nbf: seconds + 61 }],
    ] as const) {
      assert.ok(await finish(claims(inside)))
      await assert.rejects(finish(claims(outside)), upstreamError(/exp|iat|nbf/))
    }
  })

  test('the proof of a recent sign-in must be there if it was asked for, and hold if it is there', async () => {
    const required = { signedInSince: { time: now - 600_000, proof: 'required' } } as const
    const optional = { signedInSince: { time: now - 600_000, proof: 'optional' } } as const
    for (const age of [659, 660]) assert.ok(await finish(claims({ auth_time: seconds - age }), {}, required))
    assert.ok(await finish(claims({}), {}, optional))
    for (const wish of [required, optional]) {
      await assert.rejects(finish(claims({ auth_time: seconds - 661 }), {}, wish), upstreamError(/auth_time is older/))
      await assert.rejects(finish(claims({ auth_time: seconds + 61 }), {}, wish), upstreamError(/auth_time/))
    }
    await assert.rejects(finish(claims({}), {}, required), upstreamError(/no auth_time/))
    await assert.rejects(finish(claims({ auth_time: `${seconds}` }), {}, required), upstreamError(/auth_time/))
  })
})
