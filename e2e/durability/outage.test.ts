import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aBrowser, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { aClient, sample } from '../../packages/server/testing/builders.ts'
import { aCuttableLine, type CuttableLine } from '../../packages/server/testing/cuttable-line.ts'
import { authorizeUrl, exchange, parametersOf, postToken, signIn } from '../../packages/server/testing/login.ts'
import { freshDatabase } from '../../packages/server/testing/postgres.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { seedWith } from '../testing/apps.ts'

let line: CuttableLine
let server: TestServer
let browser: TestBrowser
const patient = { client_id: 'patient' }
const offline = { ...patient, scope: 'openid offline_access', audience: sample.audience }

before(async () => {
  line = await aCuttableLine(await freshDatabase())
  const environment = { KEYWRIGHT_DATABASE: line.url, KEYWRIGHT_SECRET: 'a secret for tests that is long enough' }
  const refreshToken = { ...aClient().refreshToken, leeway: 60 }
  server = await startServer({ environment, seed: seedWith({ clientId: patient.client_id, refreshToken }) })
  browser = aBrowser(server.url)
})
after(async () => {
  await server.stop()
  await line.close()
})

const refresh = (token: unknown) =>
  postToken(server.url, { grant_type: 'refresh_token', ...patient, refresh_token: String(token) })

async function someTokens(over: Record<string, string | undefined> = {}): Promise<Record<string, unknown>> {
  const { status, body } = await exchange(
    server.url,
    await signIn(server.url, { ...offline, ...over }, browser),
    patient,
  )
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

const statusOf = async (path: string, init?: RequestInit) => {
  const response = await fetch(server.url + path, { redirect: 'manual', ...init })
  await response.arrayBuffer()
  return response.status
}

test('SEC-131, SEC-296: without PostgreSQL every answer is 503, never a wrong one; with it, everything goes on', async () => {
  const tokens = await someTokens()
  const opaque = await someTokens({ audience: undefined })
  const code = parametersOf(await signIn(server.url, offline, browser)).get('code') ?? ''
  const redeem = () =>
    postToken(server.url, {
      grant_type: 'authorization_code',
      ...patient,
      code,
      code_verifier: sample.verifier,
      redirect_uri: 'https://app.example/callback',
    })
  const userinfo = () => statusOf('/userinfo', { headers: { authorization: `Bearer ${String(opaque.access_token)}` } })
  assert.deepEqual([await statusOf('/readyz'), await userinfo()], [200, 200])
  assert.deepEqual(server.errors, [])

  line.cut()
  assert.equal(await statusOf('/healthz'), 200)
  assert.equal(await statusOf('/readyz'), 503)
  for (const attempt of [redeem, () => refresh(tokens.refresh_token)]) {
    const { status, body, headers } = await attempt()
    assert.deepEqual([status, body.error], [503, 'temporarily_unavailable'])
    assert.match(headers.get('retry-after') ?? '', /^\d+$/)
  }
  const body = new URLSearchParams({ ...patient, token: String(tokens.refresh_token) })
  assert.equal(await statusOf('/oauth/revoke', { method: 'POST', body }), 503)
  assert.equal(await userinfo(), 503)
  const silent = await browser.get(authorizeUrl({ ...offline, prompt: 'none' }))
  assert.equal(silent.status, 503, `not a login_required: ${silent.location}`)
  assert.equal((await browser.get(authorizeUrl({ ...offline, prompt: 'login' }))).status, 503)

  line.mend()
  assert.equal(await statusOf('/readyz'), 200)
  assert.equal(await userinfo(), 200)
  assert.equal((await redeem()).status, 200)
  assert.equal((await refresh(tokens.refresh_token)).status, 200)
  const again = await browser.get(authorizeUrl({ ...offline, prompt: 'none' }))
  assert.ok(parametersOf(again).get('code'), 'the session is still there')
})

test('SEC-296: PostgreSQL gone in the middle of a load: each app is served or told to come back, and none loses its token', async () => {
  const apps = await Promise.all(Array.from({ length: 8 }, () => someTokens({ prompt: 'none' })))
  let answers = 0
  const enough = Promise.withResolvers<void>()
  let isOver = false
  const statuses = new Set<number>()
  const lanes = apps.map(async (tokens) => {
    let token = tokens.refresh_token
    while (!isOver) {
      const { status, body } = await refresh(token)
      statuses.add(status)
      if (status === 200) token = body.refresh_token
      else assert.equal(status, 503, JSON.stringify(body))
      if (++answers === 80) line.cut()
      if (answers === 160) line.mend()
      if (answers === 400) enough.resolve()
    }
    return token
  })
  await Promise.race([enough.promise, ...lanes])
  isOver = true
  const last = await Promise.all(lanes)
  assert.deepEqual([...statuses].toSorted(), [200, 503])
  for (const token of last) assert.equal((await refresh(token)).status, 200)
})
