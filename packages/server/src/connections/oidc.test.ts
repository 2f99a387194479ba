import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, test } from 'node:test'
import {
  callback,
  finish,
  type Script,
  scriptedProvider,
  secrets,
  upstreamConnection,
  upstreamError,
  upstreamIssuer,
} from '../../testing/scripted-provider.ts'
import { oidc } from './oidc.ts'

test('a user comes back', async () => {
  assert.deepEqual(
    { ...(await finish()) },
    {
      subject: 'ada',
      email: 'ada@example.com',
      emailVerified: false,
      name: 'Ada L.',
      username: undefined,
      givenName: undefined,
      familyName: undefined,
      middleName: undefined,
      nickname: undefined,
      picture: undefined,
      locale: undefined,
      zoneinfo: undefined,
      phoneNumber: undefined,
      signedInAt: undefined,
    },
  )
})

describe('the answer at our door', () => {
  const answer = (parameters: Record<string, string>, metadata: Record<string, unknown> = {}) => {
    const provider = scriptedProvider((script) => void Object.assign(script.metadata, metadata))
    const result = oidc.finish(upstreamConnection(), new Map(Object.entries(parameters)), secrets, provider.ctx)
    return { provider, result }
  }
  const announced = { authorization_response_iss_parameter_supported: true }

  test('RFC 9207: iss is required where it is announced, and compared wherever it is', async () => {
    assert.ok(await answer({ code: 'a' }).result)
    assert.ok(await answer({ code: 'a', iss: upstreamIssuer }).result)
    assert.ok(await answer({ code: 'a', iss: upstreamIssuer }, announced).result)
    for (const wrong of [answer({ code: 'a' }, announced), answer({ code: 'a', iss: 'https://other.example' })]) {
      await assert.rejects(wrong.result, upstreamError(/callback: iss/))
      assert.equal(
        wrong.provider.heard.some(({ path }) => path === '/token'),
        false,
        'the code went nowhere',
      )
    }
  })

  test('without a code, and without an error, there is nothing to exchange', async () => {
    for (const nothing of [answer({}), answer({ code: '' })]) {
      await assert.rejects(nothing.result, upstreamError(/neither code nor error/))
      assert.ok(!nothing.provider.heard.some(({ path }) => path === '/token'))
    }
  })

  test('only access_denied is the word of a user', async () => {
    await assert.rejects(answer({ error: 'access_denied' }).result, upstreamError(/access_denied/, 'denied'))
    for (const error of ['server_error', 'login_required', 'Access_Denied'])
      await assert.rejects(answer({ error, code: 'a' }).result, upstreamError(/callback/))
  })
})

describe('whether a login may come back to the redirect URI that connections share', () => {
  const shares = async (callback: string | undefined, iss: boolean) => {
    const provider = scriptedProvider(({ metadata }) => {
      metadata.authorization_response_iss_parameter_supported = iss
    })
    return [await oidc.sharesRedirectUri(upstreamConnection({ callback }), provider.ctx), provider.heard.length]
  }

  test('not one that has its own: the provider is not even asked', async () =>
    assert.deepEqual(await shares('own', true), [false, 0]))
  test('one that says nothing, where the provider announces iss', async () => {
    assert.deepEqual(await shares(undefined, true), [true, 1])
    assert.deepEqual(await shares(undefined, false), [false, 1])
  })
  test('one that insists, but only where the provider announces iss', async () => {
    assert.deepEqual(await shares('shared', true), [true, 1])
    await assert.rejects(shares('shared', false), upstreamError(/needs a provider that announces iss/))
  })
  test('and then an answer without iss is refused, whatever the provider announces meanwhile', async () => {
    const { ctx } = scriptedProvider()
    const shared = { ...secrets, sharesRedirectUri: true }
    const answer = (parameters: Record<string, string>) =>
      oidc.finish(upstreamConnection(), new Map(Object.entries(parameters)), shared, ctx)
    await assert.rejects(answer({ code: 'a' }), upstreamError(/callback: iss is nothing/))
    assert.ok(await answer({ code: 'a', iss: upstreamIssuer }))
  })
})

describe('userinfo', () => {
  const sparse = ({ claims, userinfo }: Script) => {
    claims.email = undefined
    claims.name = undefined
    Object.assign(userinfo, { email: 'ada@example.com', name: 'From userinfo' })
  }
  test('is asked for what the ID token leaves out', async () => {
    const provider = scriptedProvider(sparse)
    const profile = await oidc.finish(upstreamConnection(), callback, secrets, provider.ctx)
    assert.deepEqual([profile.email, profile.name], ['ada@example.com', 'From userinfo'])
    assert.equal(provider.heard.at(-1)?.headers.get('authorization'), 'Bearer access')
  })
  test('is not asked when the ID token tells everything', async () => {
    const provider = scriptedProvider()
    await oidc.finish(upstreamConnection(), callback, secrets, provider.ctx)
    assert.deepEqual(
      provider.heard.map(({ path }) => path),
      ['/.well-known/openid-configuration', '/token', '/keys'],
    )
  })
  test('of another user is refused (Core §5.3.2)', async () => {
    for (const sub of ['bob', undefined])
      await assert.rejects(
        finish((script) => {
          sparse(script)
          script.userinfo.sub = sub
        }),
        upstreamError(/userinfo: sub/),
      )
  })
})

describe('what we send', () => {
  const tokenRequest = async (options: Record<string, unknown>, methods?: string[]) => {
    const provider = scriptedProvider(({ metadata }) => {
      metadata.token_endpoint_auth_methods_supported = methods
    })
    await oidc.finish(upstreamConnection(options), callback, secrets, provider.ctx)
    const request = provider.heard.find(({ path }) => path === '/token')
    assert.equal(request?.method, 'POST')
    return { headers: request?.headers, form: new URLSearchParams(request?.body) }
  }

  test('the secret as Basic, encoded first (RFC 6749 §2.3.1)', async () => {
    const { headers, form } = await tokenRequest({ client_id: 'client', client_secret: 'a:b %+é' })
    const sent = Buffer.from(headers?.get('authorization')?.slice(6) ?? '', 'base64').toString()
    assert.equal(sent, 'client:a%3Ab+%25%2B%C3%A9')
    assert.equal(form.has('client_secret'), false)
    assert.deepEqual(
      [form.get('grant_type'), form.get('code'), form.get('code_verifier'), form.get('redirect_uri')],
      ['authorization_code', 'the code', secrets.codeVerifier, secrets.redirectUri],
    )
  })
  test('the secret in the form, if the provider or the connection wants it there', async () => {
    for (const { headers, form } of [
      await tokenRequest({}, ['client_secret_post']),
      await tokenRequest({ token_endpoint_auth_method: 'client_secret_post' }),
    ]) {
      assert.equal(headers?.has('authorization'), false)
      assert.deepEqual([form.get('client_id'), form.get('client_secret')], ['client', 'secret'])
    }
  })
  test('the secret as Basic, if the connection wants it there, whatever the provider says', async () => {
    const basic = { token_endpoint_auth_method: 'client_secret_basic' }
    const { headers, form } = await tokenRequest(basic, ['client_secret_post'])
    assert.ok(headers?.get('authorization')?.startsWith('Basic '))
    assert.equal(form.has('client_secret'), false)
  })
  test('no secret, if there is none', async () => {
    const { headers, form } = await tokenRequest({ client_secret: undefined })
    assert.equal(headers?.has('authorization'), false)
    assert.deepEqual([form.get('client_id'), form.has('client_secret')], ['client', false])
  })
  test('nothing, if there is no way both sides know', () =>
    assert.rejects(tokenRequest({}, ['private_key_jwt']), upstreamError(/takes no secret/)))

  test('the user, with everything the provider needs to know', async () => {
    const { ctx } = scriptedProvider()
    const wishes = { loginHint: 'ada@example.com', prompt: 'login', maxAge: 60, uiLocales: 'de en' }
    const url = new URL(await oidc.begin(upstreamConnection(), secrets, wishes, ctx))
    assert.equal(`${url.origin}${url.pathname}`, `${upstreamIssuer}/authorize`)
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      tenant: 'a',
      response_type: 'code',
      client_id: 'client',
      redirect_uri: secrets.redirectUri,
      scope: 'openid profile email',
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: hash('sha256', secrets.codeVerifier, 'base64url'),
      code_challenge_method: 'S256',
      login_hint: 'ada@example.com',
      prompt: 'login',
      max_age: '60',
      ui_locales: 'de en',
    })
  })
})

test('a token endpoint that refuses is quoted in the log, without what could break a line', async () => {
  const refuse = (script: Script) => {
    script.answers['/token'] = () =>
      Response.json({ error: 'invalid_grant', error_description: 'first\nsecond' }, { status: 400 })
  }
  await assert.rejects(finish(refuse), upstreamError(/^token: answered 400, "invalid_grant": "first\?second"$/))
})

for (const [what, answer, why] of [
  ['HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), /instead of JSON/],
  ['broken JSON', () => new Response('{', { headers: { 'content-type': 'application/json' } }), /not JSON/],
  ['an array', () => Response.json([]), /no JSON object/],
  ['a member twice', () => new Response('{"a":1,"a":2}', { headers: { 'content-type': 'application/json' } }), /dupl/],
  ['500', () => Response.json({}, { status: 500 }), /answered 500/],
] as const)
  test(`discovery, keys, token and userinfo may answer ${what}, and that is a failed login`, async () => {
    for (const path of ['/.well-known/openid-configuration', '/keys', '/token', '/userinfo']) {
      const change = (script: Script) => {
        script.answers[path] = answer
        script.claims.email = undefined
      }
      await assert.rejects(finish(change), upstreamError(why), path)
    }
  })
