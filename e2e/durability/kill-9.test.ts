import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { aBrowser, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { authorizeUrl, exchange, parametersOf, postToken, signIn } from '../../packages/server/testing/login.ts'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { clients, type KeywrightProcess, startProcess, tenantFile } from '../testing/keywright-process.ts'

const rounds = 5
/** Answers that each round waits for before the kill, among eight apps that never pause. */
const answersPerRound = 100
const lanes = 8

const offline = { client_id: clients.patient, scope: 'openid offline_access', audience: 'appointments:api' }

let folder = ''
let url = ''
let settings: Record<string, string>
let server: KeywrightProcess
let browser: TestBrowser

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-kill-'))
  await writeFile(join(folder, 'tenant.json'), tenantFile())
  const port = `${await freePort()}`
  url = `http://localhost:${port}`
  settings = { PORT: port, KEYWRIGHT_DATABASE: 'sqlite:./keywright.db', KEYWRIGHT_TENANT_FILE: 'tenant.json' }
  server = await startProcess(settings, folder)
  browser = aBrowser(url)
  await signIn(url, offline, browser) // once with a password and consent; afterwards the session answers
})
after(async () => {
  await server.kill()
  await rm(folder, { recursive: true })
})

/** What one app knows: what it was told, and what it asked without hearing an answer. */
interface Knowledge {
  code?: string
  /** Sent to `/oauth/token`, and answered. */
  redeemed?: boolean
  /** The newest refresh token that arrived. */
  refreshToken?: string
  revoked?: boolean
  /** Asked when the server died: it may have happened or not. */
  unanswered?: 'redeem' | 'refresh' | 'revoke'
}

async function newCode(): Promise<string> {
  const answer = await browser.get(authorizeUrl({ ...offline, prompt: 'none' }))
  const code = parametersOf(answer).get('code')
  assert.ok(code, `no code: ${answer.location}`)
  return code
}

const redeem = (code: string) =>
  postToken(url, {
    grant_type: 'authorization_code',
    client_id: clients.patient,
    code,
    code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    redirect_uri: 'https://app.example/callback',
  })
const refresh = (token: string) =>
  postToken(url, { grant_type: 'refresh_token', client_id: clients.patient, refresh_token: token })
async function revoke(token: string): Promise<number> {
  const body = new URLSearchParams({ client_id: clients.patient, token })
  const response = await fetch(`${url}/oauth/revoke`, { method: 'POST', body })
  await response.arrayBuffer()
  return response.status
}

/** Code, tokens, two refreshes, and every third one signs out; again and again, until the server is gone. */
async function useForever(all: Knowledge[], answered: () => void): Promise<void> {
  for (let turn = 0; ; turn++) {
    const known: Knowledge = {}
    try {
      known.code = await newCode()
      all.push(known)
      answered()
      if (turn % 4 === 3) continue // a code that waits
      known.unanswered = 'redeem'
      take(known, await redeem(known.code), answered)
      known.redeemed = true
      for (let again = 0; again < 2; again++) {
        known.unanswered = 'refresh'
        take(known, await refresh(known.refreshToken ?? ''), answered)
      }
      if (turn % 3 !== 2) continue
      known.unanswered = 'revoke'
      assert.equal(await revoke(known.refreshToken ?? ''), 200)
      known.unanswered = undefined
      known.revoked = true
      answered()
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      return // the connection broke: the server is dead
    }
  }
}

function take(known: Knowledge, answer: Awaited<ReturnType<typeof postToken>>, answered: () => void): void {
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  known.refreshToken = String(answer.body.refresh_token)
  known.unanswered = undefined
  answered()
}

for (let round = 1; round <= rounds; round++)
  test(`SEC-122, SEC-328: kill -9 number ${round} loses nothing acknowledged, and nothing is redeemed twice`, async () => {
    const all: Knowledge[] = []
    let answers = 0
    const enough = Promise.withResolvers<void>()
    const working = Array.from({ length: lanes }, () =>
      useForever(all, () => {
        if (++answers === answersPerRound) enough.resolve()
      }),
    )
    await Promise.race([enough.promise, ...working])
    await server.kill()
    await Promise.all(working)

    server = await startProcess(settings, folder)
    assert.ok(all.length >= lanes, 'there was work')
    for (const known of all) await check(known)
    // Whoever was signed in still is (SEC-122).
    await newCode()
  })

async function check(known: Knowledge): Promise<void> {
  const story = JSON.stringify(known)
  const { code = '', refreshToken } = known
  if (refreshToken === undefined) {
    const { status, body } = await redeem(code)
    if (known.unanswered === undefined) assert.equal(status, 200, `a code was lost: ${story}`)
    // Either it was redeemed just before the end, or it was not: then this is the first time.
    else assert.ok(status === 200 || body.error === 'invalid_grant', story)
    await refuses(() => redeem(code), `a code was redeemed twice: ${story}`)
    return
  }
  const { status, body } = await refresh(refreshToken)
  if (known.revoked) assert.equal(body.error, 'invalid_grant', `revoked, and lives again: ${story}`)
  else if (known.unanswered === 'revoke') assert.ok(status === 200 || body.error === 'invalid_grant', story)
  else assert.equal(status, 200, `a refresh token was lost: ${story}`)
  await refuses(() => redeem(code), `a code was redeemed twice: ${story}`)
  // The code came again, so all that it ever gave is over.
  await refuses(() => refresh(status === 200 ? String(body.refresh_token) : refreshToken), story)
}

async function refuses(attempt: () => ReturnType<typeof postToken>, story: string): Promise<void> {
  const { status, body } = await attempt()
  assert.deepEqual([status, body.error], [400, 'invalid_grant'], story)
}

test('SEC-122: a refresh token that was replaced before the kill is still known for it afterwards, and ends the family', async () => {
  const strict = { client_id: clients.strict }
  const answer = await signIn(url, { ...offline, ...strict }, browser)
  const { body: tokens } = await exchange(url, answer, strict)
  const use = (token: unknown) =>
    postToken(url, { grant_type: 'refresh_token', ...strict, refresh_token: String(token) })
  const { body: next } = await use(tokens.refresh_token)
  await server.kill()
  server = await startProcess(settings, folder)
  await refuses(() => use(tokens.refresh_token), 'reuse')
  await refuses(() => use(next.refresh_token), 'the family is dead')
  await server.kill()
  server = await startProcess(settings, folder)
  await refuses(() => use(next.refresh_token), 'and stays dead')
})
