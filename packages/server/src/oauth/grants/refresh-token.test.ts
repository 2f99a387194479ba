import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Client } from '#clients/client.ts'
import type { TestBrowser } from '../../../testing/browser.ts'
import { anApi, sample } from '../../../testing/builders.ts'
import { postToken, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import {
  addClient,
  claimsOf,
  logOf,
  offline,
  offlineOpaque,
  refresh,
  refreshed,
  tokensOf,
  userinfo,
} from '../../../testing/tokens.ts'

let server: TestServer
let url: string
let browser: TestBrowser
before(async () => {
  server = await startServer()
  url = server.url
  browser = (await signIn(url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const second = 1000
const day = 86_400 * second
const tokens = (over: Record<string, string | undefined> = offline) => tokensOf(server, over, browser)
/** After the clock has moved by days, the session has to be made anew. */
const signInAgain = async () => {
  browser = (await signIn(url)).browser
}

const invalid = { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }
async function refused(token: string, over: Record<string, string> = {}) {
  const { status, body } = await refresh(url, token, over)
  assert.deepEqual({ status, body }, { status: 400, body: invalid })
}

/** Changes the sample client for the rest of the test. */
async function withClient(t: { after(fn: () => Promise<void>): void }, over: Partial<Client>) {
  const client = await server.store.clients.find(sample.clientId)
  assert.ok(client)
  t.after(() => server.store.clients.save(client))
  await server.store.clients.save({ ...client, ...over })
}

const withRefreshToken = async (
  t: { after(fn: () => Promise<void>): void },
  over: Partial<Client['refreshToken']>,
): Promise<void> => {
  const client = await server.store.clients.find(sample.clientId)
  assert.ok(client)
  await withClient(t, { refreshToken: { ...client.refreshToken, ...over } })
}

test('SEC-118 a public client’s token rotates at every use', async () => {
  const first = await tokens()
  const second = await refreshed(url, first.refresh_token)
  assert.notEqual(second.refresh_token, first.refresh_token)
  server.clock.advance(6000)
  await refused(first.refresh_token)
})

test('the answer has an ID token without nonce, for the same user, client and session, and says the scope', async () => {
  const first = await tokens({ ...offline, nonce: 'abc', max_age: '1000' })
  const next = await refreshed(url, first.refresh_token, { redirect_uri: 'https://app.example/callback', nonce: 'x' })
  const [before, now] = [claimsOf(first.id_token), claimsOf(next.id_token)]
  assert.equal(before.nonce, 'abc')
  assert.ok(now.sid)
  for (const name of ['nonce', 'amr', 'acr']) assert.equal(now[name], undefined, name)
  for (const name of ['iss', 'sub', 'aud', 'name', 'auth_time']) assert.equal(now[name], before[name], name)
  assert.equal(next.scope, offline.scope)
  assert.equal(claimsOf(next.access_token).gty, 'refresh_token')
})

test('SEC-119 a rotated token that comes back kills the family, the newest token and the opaque access tokens', async () => {
  const one = await tokens(offlineOpaque)
  const two = await refreshed(url, one.refresh_token)
  const three = await refreshed(url, two.refresh_token)
  await refused(one.refresh_token)
  await refused(three.refresh_token)
  for (const { access_token } of [one, two, three]) assert.equal((await userinfo(url, access_token)).status, 401)
  const [event] = await logOf(server, 'ferrt')
  assert.equal(event?.clientId, sample.clientId)
  assert.equal(event?.userId, sample.userId)
})

test('SEC-119 even within the leeway only the token before the newest is forgiven', async () => {
  const one = await tokens()
  const two = await refreshed(url, one.refresh_token)
  const three = await refreshed(url, two.refresh_token)
  assert.equal((await refreshed(url, two.refresh_token)).refresh_token, three.refresh_token)
  await refused(one.refresh_token)
  await refused(three.refresh_token)
})

test('SEC-120 at leeway 0, of 100 who use one token at once, one wins, and the reuse kills what it won', async (t) => {
  await withRefreshToken(t, { leeway: 0 })
  const { refresh_token } = await tokens()
  const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(url, refresh_token)))
  const winners = answers.filter((answer) => answer.status === 200)
  assert.equal(winners.length, 1)
  for (const { status, body } of answers)
    if (status !== 200) assert.deepEqual({ status, body }, { status: 400, body: invalid })
  await refused(String(winners[0]?.body.refresh_token))
})

test('SEC-121 within the leeway 100 parallel uses and late retries all get the same successor, and it lives', async (t) => {
  await withRefreshToken(t, { leeway: 30 })
  const { refresh_token } = await tokens()
  const answers = await Promise.all(Array.from({ length: 100 }, () => refreshed(url, refresh_token)))
  server.clock.advance(20 * second)
  answers.push(await refreshed(url, refresh_token))
  assert.equal(new Set(answers.map((answer) => answer.refresh_token)).size, 1)
  const [family] = (await server.store.refreshFamilies.listForUser(sample.userId)).slice(-1)
  assert.equal(family?.generation, 1)
  assert.equal((await refresh(url, answers[0]?.refresh_token ?? '')).status, 200)
})

test('SEC-121 after the leeway the same retry is a reuse', async () => {
  const { refresh_token } = await tokens()
  const next = await refreshed(url, refresh_token)
  server.clock.advance(6 * second)
  await refused(refresh_token)
  await refused(next.refresh_token)
})

describe('SEC-123 a token is bound to tenant, client and scope', () => {
  test('another client gets nothing, and the token stays alive', async () => {
    await addClient(server, { clientId: 'other-app', tokenEndpointAuthMethod: 'none' })
    const { refresh_token } = await tokens()
    await refused(refresh_token, { client_id: 'other-app' })
    assert.equal((await logOf(server, 'fertft'))[0]?.clientId, 'other-app')
    assert.equal((await refresh(url, refresh_token)).status, 200)
  })

  test('one character changed anywhere is an unknown token, and the family stays alive', async () => {
    const { refresh_token } = await tokens()
    assert.match(refresh_token, /^v1\./)
    for (const index of [3, 26, 30, 60, refresh_token.length - 2]) {
      const other = refresh_token[index] === 'A' ? 'B' : 'A'
      await refused(refresh_token.slice(0, index) + other + refresh_token.slice(index + 1))
    }
    for (const token of [refresh_token.slice(1), `${refresh_token}A`, `${refresh_token} `, 'x'.repeat(4000)])
      await refused(token)
    assert.equal((await refresh(url, refresh_token)).status, 200)
  })
})

test('SEC-092 a narrowed opaque token opens no more than what was asked for', async () => {
  const { refresh_token } = await tokens(offlineOpaque)
  const narrow = await refreshed(url, refresh_token, { scope: 'openid' })
  const claims = (await (await userinfo(url, narrow.access_token)).json()) as object
  assert.deepEqual(Object.keys(claims), ['sub'])
})

test('SEC-092 scope may only narrow, and what was never granted is ignored (Auth0)', async () => {
  const { refresh_token } = await tokens()
  const narrow = await refreshed(url, refresh_token, { scope: 'openid contacts read:contacts admin' })
  assert.equal(narrow.scope, 'openid')
  assert.equal(claimsOf(narrow.access_token).scope, 'openid')
  const whole = await refreshed(url, narrow.refresh_token)
  assert.equal(whole.scope, offline.scope, 'what was narrowed once is not lost')
})

test('SEC-092 another audience is invalid_target, and spends nothing', async () => {
  const { refresh_token } = await tokens()
  await server.store.resourceServers.save(anApi({ id: 'api_b', identifier: 'b:api' }))
  for (const audience of ['b:api', `${url}/userinfo`, 'unknown'])
    assert.equal((await refresh(url, refresh_token, { audience })).body.error, 'invalid_target')
  assert.equal((await refresh(url, refresh_token, { audience: sample.audience })).status, 200)
})

describe('SEC-124 lifetimes', () => {
  after(signInAgain)

  test('idle: used in time it goes on, unused it ends', async (t) => {
    await withRefreshToken(t, { idleTokenLifetime: 100, tokenLifetime: 1000 })
    let { refresh_token: token } = await tokens()
    for (let i = 0; i < 3; i++) {
      server.clock.advance(90 * second)
      token = (await refreshed(url, token)).refresh_token
    }
    server.clock.advance(101 * second)
    await refused(token)
  })

  test('absolute: however often it is used', async (t) => {
    await withRefreshToken(t, { idleTokenLifetime: 900, tokenLifetime: 1000 })
    let { refresh_token: token } = await tokens()
    server.clock.advance(600 * second)
    token = (await refreshed(url, token)).refresh_token
    server.clock.advance(390 * second)
    token = (await refreshed(url, token)).refresh_token
    server.clock.advance(11 * second)
    await refused(token)
  })

  test('the idle limit follows the settings of today, the absolute one those of the day of issue', async (t) => {
    const { refresh_token } = await tokens()
    await withRefreshToken(t, { idleTokenLifetime: 10, tokenLifetime: 10 })
    server.clock.advance(10 * day)
    const next = await refreshed(url, refresh_token)
    server.clock.advance(11 * second)
    await refused(next.refresh_token)
  })
})

describe('a client whose tokens do not rotate', () => {
  const over = { rotationType: 'non-rotating', leeway: 0 } as const

  test('keeps its token, and is given none (Auth0)', async (t) => {
    await withRefreshToken(t, over)
    const { refresh_token } = await tokens()
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(url, refresh_token)))
    for (const answer of answers) assert.equal(answer.refresh_token, undefined)
    assert.equal((await refresh(url, refresh_token)).status, 200)
  })

  test('begins to rotate at the first use after it was switched', async (t) => {
    await withRefreshToken(t, over)
    const { refresh_token } = await tokens()
    await withRefreshToken(t, { rotationType: 'rotating', leeway: 5 })
    const next = await refreshed(url, refresh_token)
    assert.ok(next.refresh_token)
    server.clock.advance(6 * second)
    await refused(refresh_token)
  })

  test('SEC-124 the idle limit is renewed by each use', async (t) => {
    await withRefreshToken(t, { ...over, idleTokenLifetime: 200, tokenLifetime: 10_000 })
    const { refresh_token } = await tokens(offlineOpaque)
    for (let i = 0; i < 3; i++) {
      server.clock.advance(150 * second)
      await refreshed(url, refresh_token)
    }
    server.clock.advance(201 * second)
    await refused(refresh_token)
  })
})

test('refresh_token is required, and sent once', async () => {
  const { body } = await postToken(url, { grant_type: 'refresh_token', client_id: sample.clientId })
  assert.deepEqual(body, {
    error: 'invalid_request',
    error_description: 'Missing required parameter: refresh_token',
  })
})
