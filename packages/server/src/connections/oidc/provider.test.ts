import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  publicJwk,
  type Script,
  type ScriptedProvider,
  scriptedProvider,
  secrets,
  upstreamConnection,
  upstreamIssuer,
} from '../../../testing/scripted-provider.ts'
import { oidc } from '../oidc.ts'

const callback = new Map([['code', 'a']])
const finish = (provider: ScriptedProvider) => oidc.finish(upstreamConnection(), callback, secrets, provider.ctx)
const begin = ({ ctx }: ScriptedProvider, options = {}) => oidc.begin(upstreamConnection(options), secrets, {}, ctx)
const count = ({ heard }: ScriptedProvider, path: string) => heard.filter((request) => request.path === path).length
const discovery = '/.well-known/openid-configuration'

describe('SEC-113: what we remember of a provider', () => {
  test('ten thousand tokens with made-up key names make us fetch its keys twice', async () => {
    const provider = scriptedProvider()
    await finish(provider)
    provider.clock.now += 60_000
    for (let i = 0; i < 10_000; i++) {
      const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `made up ${i}` })).toString('base64url')
      provider.script.token.id_token = `${header}.e30.AAAA`
      await assert.rejects(finish(provider), /kid names no key/)
    }
    assert.equal(count(provider, '/keys'), 2)
    assert.equal(count(provider, discovery), 1)
  })

  test('a new key is found as soon as the cool-down allows, and the old ones stay until then', async () => {
    const provider = scriptedProvider()
    await finish(provider)
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 })
    provider.script.keys = [publicJwk(next.publicKey, 'two')]
    await finish(provider)
    Object.assign(provider.script, { signWith: next.privateKey, header: { alg: 'RS256', kid: 'two' } })
    await assert.rejects(finish(provider), /kid names no key/)
    provider.clock.now += 30_000
    assert.ok(await finish(provider))
    assert.equal(count(provider, '/keys'), 2)
  })

  test('a token that names no key is no reason to fetch them again', async () => {
    const provider = scriptedProvider(({ header }) => {
      header.kid = undefined
    })
    await finish(provider)
    provider.clock.now += 60_000
    await finish(provider)
    assert.equal(count(provider, '/keys'), 1)
  })

  test('what is no set of keys is refused, and so are more than a hundred', async () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ kty: 'RSA', kid: `${index}` }))
    for (const answer of [
      {},
      { keys: {} },
      { keys: [{ kid: 'one' }] },
      { keys: [{ kty: 'RSA', kid: 1 }] },
      { keys: many },
    ]) {
      const provider = scriptedProvider(({ answers }) => {
        answers['/keys'] = () => Response.json(answer)
      })
      await assert.rejects(finish(provider), /keys: not a JWK set/)
    }
    const hundred = scriptedProvider((script) => {
      script.keys = [...many.slice(2), ...script.keys]
    })
    assert.ok(await finish(hundred))
  })

  test('many logins at once ask once, and again after ten minutes', async () => {
    const provider = scriptedProvider()
    await Promise.all([begin(provider), begin(provider), begin(provider)])
    provider.clock.now += 599_999
    await begin(provider)
    assert.equal(count(provider, discovery), 1)
    provider.clock.now += 1
    await begin(provider)
    assert.equal(count(provider, discovery), 2)
  })

  test('a provider that is down is left alone for a moment, and then found again', async () => {
    const provider = scriptedProvider(({ answers }) => {
      answers[discovery] = () => Promise.reject(new Error('ECONNREFUSED'))
    })
    for (let i = 0; i < 5; i++) await assert.rejects(begin(provider), /ECONNREFUSED/)
    assert.equal(count(provider, discovery), 1)
    delete provider.script.answers[discovery]
    provider.clock.now += 2_000
    assert.ok(await begin(provider))
  })

  test('other options of the same connection are another provider', async () => {
    const provider = scriptedProvider()
    await begin(provider)
    await assert.rejects(begin(provider, { issuer: 'https://other.example' }), /issuer is "https:\/\/idp.example"/)
  })

  test('another tenant knows nothing of it', async () => {
    const provider = scriptedProvider()
    await begin(provider)
    const other = { ...provider, ctx: { ...provider.ctx, store: { ...provider.ctx.store } } }
    await begin(other)
    assert.equal(count(provider, discovery), 2)
  })
})

describe('discovery', () => {
  const saying = (metadata: Record<string, unknown>) =>
    scriptedProvider((script: Script) => void Object.assign(script.metadata, metadata))

  for (const [name, value] of [
    ['issuer', `${upstreamIssuer}/`],
    ['issuer', undefined],
    ['authorization_endpoint', 'javascript:alert(1)//'],
    ['authorization_endpoint', 'http://idp.example/authorize'],
    ['authorization_endpoint', 'https://ada@idp.example/authorize'],
    ['authorization_endpoint', 'https://:secret@idp.example/authorize'],
    ['authorization_endpoint', `${upstreamIssuer}/authorize#fragment`],
    ['authorization_endpoint', ''],
    ['token_endpoint', 'http://idp.example/token'],
    ['token_endpoint', undefined],
    ['userinfo_endpoint', 'ftp://idp.example/'],
    ['jwks_uri', '/keys'],
  ] as const)
    test(`${name} ${value} is refused`, () => assert.rejects(begin(saying({ [name]: value })), new RegExp(name)))

  test('a discovery_url alone must be that of the issuer it leads to (Discovery §4.3)', async () => {
    const at = (url: string) => ({ issuer: undefined, discovery_url: url })
    assert.ok(await begin(scriptedProvider(), at(`${upstreamIssuer}${discovery}`)))
    await assert.rejects(begin(scriptedProvider(), at(`https://evil.example${discovery}`)), /issuer is/)
  })

  test('nothing is discovered where everything is configured', async () => {
    const provider = scriptedProvider()
    const url = await begin(provider, {
      authorization_endpoint: 'https://a.example/authorize',
      token_endpoint: 'https://a.example/token',
      jwks_uri: 'https://a.example/keys',
    })
    assert.ok(url.startsWith('https://a.example/authorize?'))
    assert.deepEqual(provider.heard, [])
  })

  test('plain http only where we speak it ourselves, and https there as well', async () => {
    const local = (metadata: Record<string, unknown>) => {
      const { ctx, ...provider } = saying(metadata)
      return begin({ ...provider, ctx: { ...ctx, tenant: { ...ctx.tenant, issuer: 'http://localhost:3000/' } } })
    }
    assert.ok(await local({ authorization_endpoint: 'http://localhost:4000/authorize' }))
    assert.ok(await local({}))
    await assert.rejects(local({ token_endpoint: 'ftp://idp.example/token' }), /token_endpoint/)
  })

  test('what is configured replaces what is said, also where nothing is said', async () => {
    const provider = scriptedProvider((script: Script) => {
      script.metadata.userinfo_endpoint = undefined
      script.claims.email = undefined
      script.userinfo.email = 'ada@example.com'
    })
    const connection = upstreamConnection({ userinfo_endpoint: `${upstreamIssuer}/userinfo` })
    assert.equal((await oidc.finish(connection, callback, secrets, provider.ctx)).email, 'ada@example.com')
    const elsewhere = await begin(saying({}), { authorization_endpoint: 'https://other.example/authorize' })
    assert.ok(elsewhere.startsWith('https://other.example/authorize?'))
  })
})

describe('options that cannot be used are named', () => {
  for (const [name, value] of [
    ['discovery_url', 'xhttps://idp.example/'],
    ['authorization_endpoint', 'httpsx://idp.example/'],
    ['token_endpoint', 'ftp://idp.example/'],
    ['userinfo_endpoint', '/userinfo'],
    ['jwks_uri', ''],
    ['client_id', ''],
    ['client_id', undefined],
    ['client_secret', ''],
    ['token_endpoint_auth_method', 'private_key_jwt'],
    ['connection_settings', { pkce: 'plain' }],
    ['id_token_signed_response_algs', []],
    ['attribute_map', { mapping_mode: 'other' }],
    ['callback', 'other'],
    ['trust_email_verified', 'true'],
    ['issuer', undefined],
  ] as const)
    test(`${name}: ${JSON.stringify(value)}`, () =>
      assert.rejects(
        begin(scriptedProvider(), { [name]: value }),
        name === 'issuer' ? /issuer/ : new RegExp(`option ${name}`),
      ))

  test('a list of scopes is as good as a text, and PKCE may be switched off for those who refuse it', async () => {
    const url = async (options: Record<string, unknown>) =>
      new URL(await begin(scriptedProvider(), options)).searchParams
    assert.equal((await url({ scope: ['openid', 'email'] })).get('scope'), 'openid email')
    assert.equal((await url({ scope: 'openid' })).get('scope'), 'openid')
    assert.equal((await url({ client_id: 'c', client_secret: 's' })).get('client_id'), 'c')
    for (const pkce of ['auto', 'S256']) assert.ok((await url({ connection_settings: { pkce } })).has('code_challenge'))
    const without = await url({ connection_settings: { pkce: 'disabled' } })
    assert.deepEqual([without.has('code_challenge'), without.has('code_challenge_method')], [false, false])
  })
})
