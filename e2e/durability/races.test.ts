import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createSealer } from '../../packages/server/src/crypto/seal.ts'
import { openStorage } from '../../packages/server/src/storage/open-storage.ts'
import { aBrowser, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, parametersOf, signIn } from '../../packages/server/testing/login.ts'
import { freshDatabase } from '../../packages/server/testing/postgres.ts'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { aSender, type Sender } from '../hostile/send.ts'
import { clients, type KeywrightProcess, runKeywright, startProcess, tenantFile } from '../testing/keywright-process.ts'

const secret = 'a secret that three processes share, for tests'
let folder = ''
let database = ''
let settings: Record<string, string>
/** Three processes behind one name, as behind a load balancer. */
let processes: KeywrightProcess[] = []
let senders: Sender[] = []
let url = ''
let browser: TestBrowser

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-races-'))
  await writeFile(join(folder, 'tenant.json'), tenantFile())
  database = await freshDatabase()
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  url = `http://localhost:${ports[0]}`
  settings = {
    KEYWRIGHT_URL: url,
    KEYWRIGHT_DATABASE: database,
    KEYWRIGHT_SECRET: secret,
    KEYWRIGHT_TENANT_FILE: 'tenant.json',
  }
  // All at once, on a database in which there is nothing yet.
  processes = await Promise.all(ports.map((port) => startProcess({ ...settings, PORT: `${port}` }, folder)))
  senders = ports.map((port) => aSender(`http://localhost:${port}`, 60))
  browser = aBrowser(url)
})
after(async () => {
  for (const sender of senders) sender.close()
  for (const one of processes) one.signal('SIGTERM')
  const codes = await Promise.all(processes.map((one) => one.exited))
  await rm(folder, { recursive: true })
  assert.deepEqual(codes, [0, 0, 0])
})

interface TokenAnswer {
  status: number
  body: Record<string, unknown>
}

/** The same request many times at once, dealt out to the processes. */
function storm(times: number, form: Record<string, string>): Promise<TokenAnswer[]> {
  const body = new URLSearchParams(form).toString()
  const headers = { host: new URL(url).host, 'content-type': 'application/x-www-form-urlencoded' }
  return Promise.all(
    Array.from({ length: times }, async (_, index) => {
      const sender = senders[index % senders.length]
      assert.ok(sender)
      const answer = await sender.send({ method: 'POST', path: '/oauth/token', headers, body })
      return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> }
    }),
  )
}

const offline = { scope: 'openid offline_access', audience: sample.audience }
const codeForm = (clientId: string, code: string) => ({
  grant_type: 'authorization_code',
  client_id: clientId,
  code,
  code_verifier: sample.verifier,
  redirect_uri: 'https://app.example/callback',
})
const refreshForm = (clientId: string, token: unknown) => ({
  grant_type: 'refresh_token',
  client_id: clientId,
  refresh_token: String(token),
})

async function aCode(clientId: string): Promise<string> {
  const answer = await signIn(url, { ...offline, client_id: clientId }, browser)
  return parametersOf(answer).get('code') ?? ''
}

async function someTokens(clientId: string): Promise<Record<string, unknown>> {
  const [answer] = await storm(1, codeForm(clientId, await aCode(clientId)))
  assert.equal(answer?.status, 200, JSON.stringify(answer?.body))
  return answer?.body ?? {}
}

/** Everybody but the winners is refused with `invalid_grant`: not with an accident. */
function winnersOf(answers: TokenAnswer[]): Record<string, unknown>[] {
  for (const { status, body } of answers)
    if (status !== 200) assert.deepEqual([status, body.error], [400, 'invalid_grant'], JSON.stringify(body))
  return answers.filter(({ status }) => status === 200).map(({ body }) => body)
}

test('several processes that start at once on an empty database make one tenant with one current key', async () => {
  const storage = await openStorage({ url: database, sealer: createSealer(secret), now: Date.now })
  const tenants = await storage.tenants.list()
  await storage.close()
  assert.deepEqual(
    tenants.map((tenant) => tenant.issuer),
    [`${url}/`],
  )
  const keys = await runKeywright(['keys', 'list'], settings, folder)
  assert.equal(keys.code, 0, keys.output)
  assert.equal(keys.output.match(/ current /g)?.length, 1, keys.output)
  assert.equal(keys.output.match(/ next /g)?.length, 1, keys.output)
  const documents = await Promise.all(
    senders.map((sender) =>
      sender.send({ method: 'GET', path: '/.well-known/jwks.json', headers: { host: new URL(url).host } }),
    ),
  )
  assert.equal(new Set(documents.map(({ body }) => body)).size, 1)
})

for (let round = 1; round <= 4; round++)
  test(`SEC-052, SEC-327: of 150 redemptions of one code on three processes, one wins (${round})`, async () => {
    const code = await aCode(clients.patient)
    const winners = winnersOf(await storm(150, codeForm(clients.patient, code)))
    assert.equal(winners.length, 1)
    // The others were replays, so what the winner got is dead by now (RFC 6749 §4.1.2).
    const [after] = await storm(1, refreshForm(clients.patient, winners[0]?.refresh_token))
    assert.equal(after?.body.error, 'invalid_grant')
  })

test('SEC-052: of 60 codes, each redeemed on all processes at once, each wins once', async () => {
  const codes = await Promise.all(
    Array.from({ length: 60 }, async () => {
      const query = { ...offline, client_id: clients.patient, prompt: 'none' }
      return parametersOf(await browser.get(authorizeUrl(query))).get('code') ?? ''
    }),
  )
  const answers = await Promise.all(codes.map((code) => storm(3, codeForm(clients.patient, code))))
  for (const answer of answers) assert.equal(winnersOf(answer).length, 1)
})

for (let round = 1; round <= 4; round++)
  test(`SEC-120, SEC-327: of 100 refreshes of one token without leeway, one wins, and then the family is dead (${round})`, async () => {
    const tokens = await someTokens(clients.strict)
    const winners = winnersOf(await storm(100, refreshForm(clients.strict, tokens.refresh_token)))
    assert.equal(winners.length, 1)
    for (const token of [tokens.refresh_token, winners[0]?.refresh_token]) {
      const [after] = await storm(1, refreshForm(clients.strict, token))
      assert.equal(after?.body.error, 'invalid_grant')
    }
  })

test('SEC-121: with leeway, 100 refreshes of one token all get the same successor, again and again, and it works', async () => {
  let token = (await someTokens(clients.patient)).refresh_token
  for (let round = 0; round < 4; round++) {
    const winners = winnersOf(await storm(100, refreshForm(clients.patient, token)))
    assert.equal(winners.length, 100)
    const successors = new Set(winners.map((body) => body.refresh_token))
    assert.equal(successors.size, 1)
    token = [...successors][0]
  }
})
