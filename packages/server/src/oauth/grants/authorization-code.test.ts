import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { aBrowser, type TestBrowser } from '../../../testing/browser.ts'
import { aConnection, anApi, aUser, sample } from '../../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, postToken, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import {
  addClient,
  claimsOf,
  logOf,
  offline,
  offlineOpaque,
  refresh,
  refreshed,
  type TokenBody,
  tokensOf,
  userinfo,
} from '../../../testing/tokens.ts'

let server: TestServer
/** Signed in once: from then on every code costs one request. */
let browser: TestBrowser
before(async () => {
  server = await startServer()
  browser = (await signIn(server.url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const login = (over: Record<string, string | undefined> = {}) => signIn(server.url, over, browser)
const aCode = async (over: Record<string, string | undefined> = {}) => parametersOf(await login(over)).get('code') ?? ''
const redeem = (code: string, over: Record<string, string> = {}) =>
  postToken(server.url, {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    code,
    code_verifier: sample.verifier,
    redirect_uri: 'https://app.example/callback',
    ...over,
  })

const invalidCode = { error: 'invalid_grant', error_description: 'Invalid authorization code' }
const wrongVerifier = { error: 'invalid_grant', error_description: 'Failed to verify code verifier' }

async function refused(answer: Promise<{ status: number; body: unknown }>, body: object = invalidCode) {
  const { status, body: told } = await answer
  assert.deepEqual({ status, told }, { status: 400, told: body })
}

test('SEC-050 a code is 256 random bits, and nothing else is in it', async () => {
  const codes = new Set<string>()
  for (let i = 0; i < 20; i++) codes.add(await aCode())
  assert.equal(codes.size, 20)
  for (const code of codes) assert.match(code, /^[\w-]{43}$/)
})

test('SEC-051 a code lives for 60 seconds', async () => {
  const early = await aCode()
  server.clock.advance(50_000)
  assert.equal((await redeem(early)).status, 200)
  const late = await aCode()
  server.clock.advance(61_000)
  await refused(redeem(late))
})

test('SEC-052 of 200 who redeem one code at once, one wins, and what it won is dead', async () => {
  const code = await aCode(offlineOpaque)
  const answers = await Promise.all(Array.from({ length: 200 }, () => redeem(code)))
  const [winner, ...others] = answers.filter((answer) => answer.status === 200)
  assert.ok(winner && others.length === 0)
  for (const { status, body } of answers)
    if (status !== 200) assert.deepEqual({ status, body }, { status: 400, body: invalidCode })
  const { refresh_token, access_token } = winner.body as unknown as TokenBody
  assert.equal((await refresh(server.url, refresh_token)).body.error, 'invalid_grant')
  assert.equal((await userinfo(server.url, access_token)).status, 401)
})

test('SEC-053 a code that is used again kills the whole family and the opaque tokens, and the log tells', async () => {
  const answer = await login(offlineOpaque)
  const { body } = await exchange(server.url, answer)
  const first = await refreshed(server.url, String(body.refresh_token))
  const second = await refreshed(server.url, first.refresh_token)
  await refused(exchange(server.url, answer))
  assert.equal((await refresh(server.url, second.refresh_token)).body.error, 'invalid_grant')
  for (const token of [String(body.access_token), first.access_token, second.access_token])
    assert.equal((await userinfo(server.url, token)).status, 401)
  const [event] = await logOf(server, 'feacft')
  assert.match(JSON.stringify(event?.details), /already used; everything issued from it is revoked/)
})

test('SEC-054 a wrong verifier spends the code, a wrong client does not', async () => {
  const tried = await aCode()
  await refused(redeem(tried, { code_verifier: 'x'.repeat(43) }), wrongVerifier)
  await refused(redeem(tried))

  await addClient(server, { clientId: 'other-app', tokenEndpointAuthMethod: 'none' })
  const stolen = await aCode()
  await refused(redeem(stolen, { client_id: 'other-app' }))
  assert.equal((await redeem(stolen)).status, 200)
})

describe('SEC-042 redirect_uri must be the one that got the code', () => {
  for (const uri of ['', 'https://app.example/Callback', 'https://app.example/callback/', sample.customScheme])
    test(JSON.stringify(uri), async () =>
      refused(redeem(await aCode(), { redirect_uri: uri }), {
        error: 'invalid_grant',
        error_description: 'The redirect URI is wrong.',
      }),
    )

  test('and may be left out where the request left it out', async () => {
    const callbacks = ['https://app.example/callback']
    await addClient(server, { clientId: 'one-callback', tokenEndpointAuthMethod: 'none', callbacks })
    const over = { client_id: 'one-callback', redirect_uri: undefined, scope: 'profile' }
    const { status } = await redeem(await aCode(over), { client_id: 'one-callback', redirect_uri: '' })
    assert.equal(status, 200)
  })
})

test('SEC-045 a callback that was taken off the list redeems nothing', async (t) => {
  const code = await aCode()
  const client = await server.store.clients.find(sample.clientId)
  assert.ok(client)
  t.after(() => server.store.clients.save(client))
  await server.store.clients.save({ ...client, callbacks: [sample.customScheme] })
  assert.equal((await redeem(code)).body.error, 'invalid_grant')
})

test('SEC-045 a form of callback that the tenant refuses meanwhile redeems nothing, and is asked for in vain', async (t) => {
  const { tenant, storage, url } = server
  await addClient(server, {
    clientId: 'loose',
    appType: 'native',
    tokenEndpointAuthMethod: 'none',
    callbacks: ['http://localhost/cb'],
  })
  const over = { client_id: 'loose', redirect_uri: 'http://localhost:4321/cb' }
  const code = await aCode(over)
  const strict = { ...tenant, settings: { ...tenant.settings, flags: { ...tenant.settings.flags, strict: true } } }
  t.after(() => storage.tenants.update(tenant))
  await storage.tenants.update(strict)
  const { body } = await redeem(code, over)
  assert.deepEqual([body.error, body.error_description], ['invalid_grant', 'The redirect URI is wrong.'])
  const asked = await aBrowser(url).get(authorizeUrl(over))
  assert.deepEqual([asked.status, asked.location], [403, undefined])
})

test('SEC-065 unknown, expired, spent, foreign and another tenant’s codes get one answer', async () => {
  const spent = await aCode()
  await redeem(spent)
  const foreign = await aCode()
  const expired = await aCode()
  const answers = [
    await redeem('x'.repeat(43)),
    await redeem('not even a code'),
    await redeem(spent),
    await redeem(foreign, { client_id: 'other-app' }),
  ]
  server.clock.advance(61_000)
  answers.push(await redeem(expired))
  const seen = answers.map(({ status, headers, body }) => {
    const names = [...headers.keys()].filter((name) => !name.startsWith('x-ratelimit')).sort()
    return JSON.stringify({ status, names, body })
  })
  assert.deepEqual([...new Set(seen)], [seen[0]])
  assert.equal(answers[0]?.status, 400)
})

test('SEC-055 SEC-069 tokens carry the scope, audience, nonce, user and session of the request, and nothing sent later', async () => {
  const nonce = 'n-0S6_WzA2Mj ~!"äöü\u{1F511}'
  const code = await aCode({ ...offline, nonce })
  const evil = { scope: 'openid contacts', audience: 'other:api', nonce: 'evil', resource: 'other:api' }
  const { body } = await redeem(code, evil)
  const tokens = body as unknown as TokenBody
  assert.equal(tokens.scope, offline.scope)
  const id = claimsOf(tokens.id_token)
  assert.equal(id.nonce, nonce)
  assert.equal(id.sub, sample.userId)
  const [session] = await server.store.sessions.listForUser(sample.userId)
  assert.ok(session)
  assert.equal(typeof id.sid, 'string')
  const access = claimsOf(tokens.access_token)
  assert.deepEqual(access.aud, [sample.audience, `${server.url}/userinfo`])
  assert.equal(access.scope, offline.scope)
})

test('SEC-067 a code opens nothing but the exchange, and nothing else is a code', async () => {
  const code = await aCode(offlineOpaque)
  assert.equal((await refresh(server.url, code)).body.error, 'invalid_grant')
  assert.equal((await userinfo(server.url, code)).status, 401)
  const stranger = aBrowser(server.url)
  const page = await stranger.follow(await stranger.get(authorizeUrl()))
  const state = new URL(page.url).searchParams.get('state') ?? ''
  assert.match(state, /^[\w-]{43}$/)
  const { body } = await redeem(code)
  const others = [state, ...stranger.cookies.values(), ...browser.cookies.values(), String(body.access_token)]
  for (const other of [...others, String(body.refresh_token), String(body.id_token)]) await refused(redeem(other))
  assert.equal((await stranger.get(`/u/login?state=${code}`)).status >= 400, true)
  assert.equal((await refresh(server.url, String(body.refresh_token))).status, 200)
})

describe('SEC-091 everything is looked at again when the code comes', () => {
  test('a blocked user', async (t) => {
    const code = await aCode()
    await server.store.users.update(aUser({ blocked: true }))
    t.after(async () => {
      await server.store.users.update(aUser())
      browser = (await signIn(server.url)).browser
    })
    const { status, body } = await redeem(code)
    assert.ok(status === 400 || status === 403)
    assert.equal(body.access_token, undefined)
  })

  test('a deleted API', async (t) => {
    await server.store.resourceServers.save(anApi({ id: 'api_gone', identifier: 'gone:api' }))
    const code = await aCode({ audience: 'gone:api', scope: 'openid appointments' })
    await server.store.resourceServers.delete('api_gone')
    t.after(() => server.store.resourceServers.delete('api_gone'))
    await refused(redeem(code))
  })

  test('a connection that serves the client no more', async (t) => {
    const code = await aCode()
    const connection = await server.store.connections.findByName(sample.connection)
    assert.ok(connection)
    t.after(() => server.store.connections.save(connection))
    await server.store.connections.save(aConnection({ enabledClients: [] }))
    await refused(redeem(code))
  })

  test('offline access that the API has withdrawn', async (t) => {
    const code = await aCode(offline)
    t.after(() => server.store.resourceServers.save(anApi()))
    await server.store.resourceServers.save(anApi({ allowOfflineAccess: false, scopes: [{ value: 'contacts' }] }))
    const { status, body } = await redeem(code)
    assert.equal(status, 200)
    assert.equal(body.refresh_token, undefined)
    assert.equal(body.scope, 'openid profile')
  })

  test('a client without the grant', async (t) => {
    const client = await server.store.clients.find(sample.clientId)
    assert.ok(client)
    const code = await aCode()
    t.after(() => server.store.clients.save(client))
    await server.store.clients.save({ ...client, grantTypes: [] })
    const { status, body } = await redeem(code)
    assert.equal(status, 403)
    assert.equal(body.error, 'unauthorized_client')
  })
})

describe('SEC-017 a refresh token needs the client’s grant and the API’s leave', () => {
  for (const grant of [true, false])
    for (const allowOfflineAccess of [true, false])
      test(`grant ${grant}, API ${allowOfflineAccess}`, async () => {
        const grantTypes = ['authorization_code', ...(grant ? ['refresh_token'] : [])]
        await addClient(server, { clientId: 'matrix', tokenEndpointAuthMethod: 'none', grantTypes })
        await server.store.resourceServers.save(anApi({ id: 'api_m', identifier: 'matrix:api', allowOfflineAccess }))
        const tokens = await tokensOf(server, { ...offline, client_id: 'matrix', audience: 'matrix:api' }, browser)
        assert.equal(tokens.refresh_token !== undefined, grant && allowOfflineAccess)
        assert.equal(tokens.scope.includes('offline_access'), grant && allowOfflineAccess)
      })
})

test('a success is logged as seacft, with user, client, audience and scope', async () => {
  await tokensOf(server, offline, browser)
  const [event] = await logOf(server, 'seacft')
  assert.equal(event?.clientId, sample.clientId)
  assert.equal(event?.userId, sample.userId)
  assert.equal(event?.audience, sample.audience)
  assert.equal(event?.scope, offline.scope)
})
