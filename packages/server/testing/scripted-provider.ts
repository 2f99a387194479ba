import assert from 'node:assert/strict'
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Connection } from '#connections/connection.ts'
import { oidc } from '#connections/oidc.ts'
import { type Profile, UpstreamError, type UpstreamSecrets } from '#connections/strategy.ts'
import type { Context } from '#context.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { aConnection } from './builders.ts'

export const upstreamIssuer = 'https://idp.example'
export const strongKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const now = Date.UTC(2026, 5, 1, 12)
const seconds = now / 1000

export const secrets: UpstreamSecrets = {
  state: 's'.repeat(43),
  nonce: 'n'.repeat(43),
  codeVerifier: 'v'.repeat(43),
  redirectUri: 'https://login.example/login/callback',
}

/** What the provider says; a test changes what it is about. */
export interface Script {
  metadata: Record<string, unknown>
  keys: Record<string, unknown>[]
  header: Record<string, unknown>
  claims: Record<string, unknown>
  signWith: KeyObject
  token: Record<string, unknown>
  userinfo: Record<string, unknown>
  /** Instead of what follows from the rest, by path. */
  answers: Record<string, () => Response | Promise<Response>>
}

export const publicJwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' })

export const script = (): Script => ({
  metadata: {
    issuer: upstreamIssuer,
    authorization_endpoint: `${upstreamIssuer}/authorize?tenant=a`,
    token_endpoint: `${upstreamIssuer}/token`,
    userinfo_endpoint: `${upstreamIssuer}/userinfo`,
    jwks_uri: `${upstreamIssuer}/keys`,
  },
  keys: [publicJwk(strongKey.publicKey, 'one')],
  header: { alg: 'RS256', typ: 'JWT', kid: 'one' },
  claims: {
    iss: upstreamIssuer,
    aud: 'client',
    sub: 'ada',
    nonce: secrets.nonce,
    iat: seconds,
    exp: seconds + 300,
    email: 'Ada@Example.com',
    email_verified: true,
    name: 'Ada L.',
  },
  signWith: strongKey.privateKey,
  token: { access_token: 'access', token_type: 'Bearer' },
  userinfo: { sub: 'ada' },
  answers: {},
})

export interface ScriptedProvider {
  script: Script
  ctx: Context
  /** Every request, in order. */
  heard: { method: string; path: string; headers: Headers; body: string }[]
  clock: { now: number }
}

/** A provider that keeps to a script, and the context in which a strategy meets it: no network, no database. */
export function scriptedProvider(change: (script: Script) => void = () => {}): ScriptedProvider {
  const said = script()
  change(said)
  const heard: ScriptedProvider['heard'] = []
  const clock = { now }
  const usual: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => said.metadata,
    '/keys': () => ({ keys: said.keys }),
    '/token': () => ('id_token' in said.token ? said.token : { ...said.token, id_token: idToken(said) }),
    '/userinfo': () => said.userinfo,
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const path = new URL(request.url).pathname
    heard.push({ method: request.method, path, headers: request.headers, body: await request.text() })
    return said.answers[path]?.() ?? Response.json(usual[path]?.() ?? {})
  }
  const tenant = { issuer: 'https://login.example/' }
  // A store is what the strategy hangs its memory on, and nothing more.
  const ctx = {
    tenant,
    store: {},
    fetch,
    fetchForCaller: fetch,
    now: () => clock.now,
    random: systemRandom,
  } as unknown as Context
  return { script: said, ctx, heard, clock }
}

export function idToken({ header, claims, signWith }: Script): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const signed = `${encode(header)}.${encode(claims)}`
  const digest = signWith.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const how = header.alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
  const signature = sign(digest, Buffer.from(signed), { key: signWith, dsaEncoding: 'ieee-p1363', ...how })
  return `${signed}.${signature.toString('base64url')}`
}

export const upstreamConnection = (options: Record<string, unknown> = {}): Connection =>
  aConnection({
    id: 'con_idp',
    name: 'idp',
    strategy: 'oidc',
    options: { issuer: upstreamIssuer, client_id: 'client', client_secret: 'secret', ...options },
  })

export const callback: ReadonlyMap<string, string> = new Map([
  ['state', secrets.state],
  ['code', 'the code'],
])

/** Who comes back from a provider that differs from the usual one by `change`. */
export const finish = (
  change: (script: Script) => void = () => {},
  options: Record<string, unknown> = {},
  more: Partial<UpstreamSecrets> = {},
): Promise<Profile> =>
  oidc.finish(upstreamConnection(options), callback, { ...secrets, ...more }, scriptedProvider(change).ctx)

/** For `assert.rejects`. */
export const upstreamError =
  (reason: RegExp, kind: UpstreamError['kind'] = 'failed') =>
  (error: unknown): boolean => {
    assert.ok(error instanceof UpstreamError, String(error))
    assert.match(error.message, reason)
    assert.equal(error.kind, kind)
    return true
  }
