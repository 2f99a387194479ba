import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../packages/server/testing/browser.ts'
import { aClient } from '../../packages/server/testing/builders.ts'
import { type DatabaseClock, databaseWithClock } from '../../packages/server/testing/database-clock.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
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
} from '../../packages/server/testing/tokens.ts'
import { aFront, type Front } from '../testing/front.ts'

const second = 1000
const day = 86_400 * second

/** Machines on one PostgreSQL whose clocks disagree. The last one's jumps. */
const machines = { right: 0, ahead: 60 * second, behind: -60 * second, jumping: 0 }
type Machine = keyof typeof machines
const names = Object.keys(machines) as Machine[]
/** Who does it, and who comes after. */
const pairs: [Machine, Machine][] = names.flatMap((one) =>
  names.filter((other) => other !== one).map((other): [Machine, Machine] => [one, other]),
)

const lenient = { client_id: 'lenient' }
const strict = { client_id: 'strict' }

let database: DatabaseClock
let front: Front
let url = ''
let browser: TestBrowser
const servers = {} as Record<Machine, TestServer>

before(async () => {
  database = await databaseWithClock()
  front = await aFront()
  url = front.url
  const environment = {
    KEYWRIGHT_URL: url,
    KEYWRIGHT_DATABASE: database.url,
    KEYWRIGHT_SECRET: 'a secret that four machines share, for tests',
  }
  for (const name of names) {
    servers[name] = await startServer({ environment, wrongBy: machines[name] })
    if (name === 'right') await addClients()
  }
})
after(async () => {
  front.close()
  const all = Object.values(servers)
  await Promise.all(all.map((server) => server.stop()))
  for (const { errors } of all) assert.deepEqual(errors, [])
})

/** Before the others start, so that nobody has to hear of it. */
async function addClients() {
  const { refreshToken, ...client } = aClient({ callbacks: ['https://app.example/callback'] })
  for (const [clientId, leeway] of [
    [lenient.client_id, 60],
    [strict.client_id, 0],
  ] as const)
    await addClient(servers.right, { ...client, clientId, refreshToken: { ...refreshToken, leeway } })
  at('right')
  browser = (await signIn(url, lenient)).browser
}

const at = (...among: Machine[]) => front.at(...among.map((name) => servers[name].config.port))
const pass = (milliseconds: number) =>
  database.move(milliseconds, ...Object.values(servers).map(({ storage }) => storage))
const statusOf = async (token: string, client: { client_id: string }) => (await refresh(url, token, client)).status
const silently = async (over: Record<string, string> = {}) => {
  const answer = await browser.get(authorizeUrl({ ...lenient, prompt: 'none', ...over }))
  return parametersOf(answer).get('error') ?? 'signed in'
}

describe('SEC-331 SEC-119 a token that one machine replaced is not revived by another', () => {
  test('when the leeway is over', async () => {
    const lines = []
    for (const [one, other] of pairs) {
      at(one)
      const first = await tokensOf(servers.right, { ...offline, ...lenient }, browser)
      lines.push({ one, other, first, next: await refreshed(url, first.refresh_token, lenient) })
    }
    await pass(61 * second)
    for (const { one, other, first, next } of lines) {
      at(other)
      assert.equal(await statusOf(first.refresh_token, lenient), 400, `replaced at ${one}, revived at ${other}`)
      assert.equal(await statusOf(next.refresh_token, lenient), 400, `replaced at ${one}, the family lives at ${other}`)
    }
  })

  test('at once, without a leeway', async () => {
    for (const [one, other] of pairs) {
      at(one)
      const first = await tokensOf(servers.right, { ...offline, ...strict }, browser)
      const next = await refreshed(url, first.refresh_token, strict)
      at(other)
      assert.equal(await statusOf(first.refresh_token, strict), 400, `replaced at ${one}, revived at ${other}`)
      assert.equal(await statusOf(next.refresh_token, strict), 400)
    }
  })
})

describe('SEC-331 machines whose clocks disagree take nothing from anybody', () => {
  test('of many that retry at once at all of them, each gets the same successor', async () => {
    at('right')
    const { refresh_token } = await tokensOf(servers.right, { ...offlineOpaque, ...lenient }, browser)
    at(...names)
    const answers = await Promise.all(Array.from({ length: 40 }, () => refreshed(url, refresh_token, lenient)))
    assert.equal(new Set(answers.map((answer) => answer.refresh_token)).size, 1)
    assert.equal(await statusOf(answers[0]?.refresh_token ?? '', lenient), 200)
  })

  test('what one issues the others take, and date alike', async () => {
    for (const [one, other] of pairs) {
      at(one)
      const answer = await signIn(url, { ...offline, ...lenient }, browser)
      at(other)
      const { status, body } = await exchange(url, answer, lenient)
      assert.equal(status, 200, `a code of ${one} at ${other}`)
      at(one)
      assert.equal((await userinfo(url, String(body.access_token))).status, 200, `a token of ${other} at ${one}`)
      const { iat } = claimsOf(String(body.access_token)) as { iat: number }
      assert.ok(Math.abs(iat * second - servers.right.storage.now()) < 30 * second)
    }
    for (const event of await logOf(servers.right))
      assert.ok(event.date <= servers.right.storage.now() + 5 * second, 'an event of the future')
  })

  test('a code is over for all of them at once', async () => {
    const codes = []
    for (const [one, other] of pairs) {
      at(one)
      codes.push({ other, answer: await signIn(url, { ...offline, ...lenient }, browser) })
    }
    await pass(61 * second)
    for (const { other, answer } of codes) {
      at(other)
      assert.equal((await exchange(url, answer, lenient)).body.error, 'invalid_grant', `alive at ${other}`)
    }
  })

  test('max_age counts from the same moment everywhere', async () => {
    for (const [one, other] of pairs) {
      at(one)
      browser = (await signIn(url, { ...lenient, prompt: 'login' }, browser)).browser
      at(other)
      assert.equal(await silently({ max_age: '50' }), 'signed in', `signed in at ${one}, asked at ${other}`)
    }
    await pass(51 * second)
    for (const name of names) {
      at(name)
      assert.equal(await silently({ max_age: '50' }), 'login_required', name)
      assert.equal(await silently(), 'signed in', name)
    }
  })
})

for (const [direction, jump] of Object.entries({ ahead: 40 * day, back: -40 * day }))
  test(`SEC-331 a machine whose clock jumps 40 days ${direction} revives nothing, loses nothing, and sweeps nothing`, async (t) => {
    at('jumping')
    const alive = await tokensOf(servers.right, { ...offline, ...lenient }, browser)
    const opaque = await tokensOf(servers.right, { ...offlineOpaque, ...lenient }, browser)
    const stolen = await tokensOf(servers.right, { ...offline, ...lenient }, browser)
    const pending = await signIn(url, { ...offline, ...lenient }, browser)
    const late = await signIn(url, { ...offline, ...lenient }, browser)
    const newest = await refreshed(url, stolen.refresh_token, lenient)

    const { clock, storage } = servers.jumping
    clock.jump(jump)
    t.after(() => clock.jump(-jump))
    await storage.sweep(storage.now())
    assert.equal((await exchange(url, pending, lenient)).status, 200)
    assert.equal((await userinfo(url, opaque.access_token)).status, 200)
    assert.equal((await userinfo(url, alive.access_token)).status, 200)
    assert.equal(await silently(), 'signed in')
    const next = await refreshed(url, alive.refresh_token, lenient)
    await pass(61 * second)
    assert.equal((await exchange(url, late, lenient)).body.error, 'invalid_grant')
    assert.equal(await statusOf(stolen.refresh_token, lenient), 400)
    assert.equal(await statusOf(newest.refresh_token, lenient), 400)
    for (const name of names) {
      at(name)
      assert.equal((await userinfo(url, opaque.access_token)).status, 200)
      assert.equal(await silently(), 'signed in')
    }
    assert.equal(await statusOf(next.refresh_token, lenient), 200)
  })

test('SEC-331 a database that fails over to a machine 40 days ahead, and back, loses nothing', async () => {
  at('right')
  const tokens = await tokensOf(servers.right, { ...offlineOpaque, ...lenient }, browser)
  await pass(40 * day)
  for (const { storage } of Object.values(servers)) assert.equal(await storage.sweep(storage.now()), 0)
  assert.equal((await userinfo(url, tokens.access_token)).status, 401)
  await pass(-40 * day)
  for (const { storage } of Object.values(servers)) await storage.sweep(storage.now())
  assert.equal((await userinfo(url, tokens.access_token)).status, 200)
  assert.equal(await silently(), 'signed in')
  assert.equal(await statusOf(tokens.refresh_token, lenient), 200)
  for (const { errors } of Object.values(servers)) {
    assert.equal(errors.length, 1, 'each says why it did not sweep')
    assert.match(
      JSON.stringify(errors, (_, value) => (value instanceof Error ? value.message : value)),
      /The clock says/,
    )
    errors.length = 0
  }
})
