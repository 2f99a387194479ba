// One guesser with many networks, and an owner who wants in meanwhile: with the browser they always use, and with a new one.
import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { Overloaded, type PasswordKdf } from '#crypto/password-kdf.ts'
import { aBrowser, formOf, type TestBrowser } from '../../../testing/browser.ts'
import { aUser, sample, seedSample } from '../../../testing/builders.ts'
import { authorizeUrl } from '../../../testing/login.ts'
import { freshDatabase } from '../../../testing/postgres.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { logOf } from '../../../testing/tokens.ts'
import { accountKey, freeForStrangers, manyInTenant, tenantKey } from './attack-protection.ts'

/** Hundreds of guesses, and none of them is about how a password is compared. */
const inTheClear: PasswordKdf = {
  hash: async (password) => password,
  verify: async (password, encoded) => ({ ok: password === encoded, upgrade: false }),
  verifyNothing: async () => {},
}

const databases = { sqlite: async () => 'sqlite::memory:', postgres: freshDatabase }

async function aServer(t: TestContext, database = databases.sqlite, passwords = inTheClear): Promise<TestServer> {
  const server = await startServer({
    environment: {
      KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1',
      KEYWRIGHT_DATABASE: await database(),
      KEYWRIGHT_SECRET: 'for tests only, and long enough for one',
    },
    passwords,
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      const identities = [{ connection: sample.connection, provider: 'auth0', subject: 'bob', isSocial: false }]
      await store.users.create(aUser({ userId: 'auth0|bob', email: 'bob@example.com', identities }), sample.password)
      const change = { samePassword: true, now: Date.now() }
      await store.users.setPasswordHash(sample.userId, sample.password, change)
    },
  })
  t.after(async () => {
    await server.stop()
    assert.deepEqual(server.errors, [])
  })
  return server
}

interface Guess {
  password?: string
  username?: string
  browser?: TestBrowser
  work?: string
}

/** One sign-in from an address. @returns what the form was answered with */
async function guess(server: TestServer, ip: string, { username = sample.email, ...how }: Guess = {}) {
  const { password = 'wrong', browser = aBrowser(server.url), work } = how
  const from = { 'x-forwarded-for': ip }
  let page = await browser.get(authorizeUrl({ prompt: 'login' }), from)
  while (page.location?.startsWith(server.url)) page = await browser.get(page.location, from)
  const { action, hidden } = formOf(page.body)
  const form = { ...hidden, username, password, action: 'default', ...(work !== undefined && { work }) }
  return browser.post(action, form, from)
}

const right = { password: sample.password }
const challengeOf = ({ body }: { body: string }) => formOf(body).hidden.work ?? ''

/** What the page's script does. */
function solve(challenge: string): string {
  const bits = Number.parseInt(challenge, 10)
  for (let n = 0; ; n++)
    if (pbkdf2Sync(`${n}`, challenge, 1000, 4, 'sha256').readUInt32BE() >>> (32 - bits) === 0)
      return `${challenge}.${n}`
}

/** Ten at once from each of so many networks. */
const assault = (server: TestServer, networks: number, subnet = 10) =>
  Promise.all(Array.from({ length: networks * 10 }, (_, i) => guess(server, `192.0.${subnet}.${1 + (i % networks)}`)))

for (const [name, database] of Object.entries(databases))
  test(`SEC-193 SEC-194 SEC-196 on ${name}: of 120 guesses from twelve networks at once 20 count, and the owner gets in`, async (t) => {
    const server = await aServer(t, database)
    const usual = aBrowser(server.url)
    assert.equal((await guess(server, '198.51.100.1', { ...right, browser: usual })).status, 302)

    const answers = await assault(server, 12)
    const compared = answers.filter(({ status }) => status === 400)
    const refused = answers.filter(({ status }) => status === 429)
    assert.deepEqual([compared.length, refused.length], [freeForStrangers, 120 - freeForStrangers])
    const key = accountKey({ connection: sample.connection, identifier: sample.email })
    const counted = await server.store.attempts.read(key, server.storage.now())
    assert.equal(counted, freeForStrangers, 'what was refused is not counted')
    for (const answer of refused) assert.equal(answer.headers.get('retry-after'), '3600')

    assert.equal((await guess(server, '192.0.10.1', { ...right, browser: usual })).status, 302, 'the usual browser')
    const asked = await guess(server, '203.0.113.7', right)
    assert.equal(asked.status, 429, 'a new browser is asked for work')
    const solved = { ...right, work: solve(challengeOf(asked)) }
    assert.equal((await guess(server, '203.0.113.7', solved)).status, 302, 'and gets in with it')
    assert.equal((await guess(server, '203.0.113.8', { ...right, username: 'bob@example.com' })).status, 302, 'others')

    const told = (await logOf(server, 'limit_wc')).filter(({ description }) => description?.includes('unknown to it'))
    assert.deepEqual(
      told.map(({ userId }) => userId),
      [sample.userId],
      'told once, and about whom',
    )
  })

test('SEC-196: an hour later it is over', async (t) => {
  const server = await aServer(t)
  await assault(server, 12)
  server.clock.advance(3_540_000)
  assert.equal((await guess(server, '203.0.113.9', right)).status, 429)
  server.clock.advance(60_001)
  assert.equal((await guess(server, '203.0.113.9', right)).status, 302)
})

test('SEC-196: the usual browser has a budget of its own, which closes for a while and opens again', async (t) => {
  const server = await aServer(t)
  const browser = aBrowser(server.url)
  await guess(server, '192.0.2.1', { ...right, browser })
  for (let i = 0; i < 10; i++) assert.equal((await guess(server, '192.0.2.1', { browser })).status, 400)
  assert.equal((await guess(server, '192.0.2.1', { ...right, browser })).status, 429)
  assert.equal((await guess(server, '192.0.2.2', right)).status, 302, 'strangers are counted apart')
  server.clock.advance(15 * 60_000 + 1)
  assert.equal((await guess(server, '192.0.2.1', { ...right, browser })).status, 302)
})

test('SEC-196: a browser is known for those who signed in there, and only as we wrote it', async (t) => {
  const server = await aServer(t)
  const name = 'keywright-known'
  const bobs = aBrowser(server.url)
  await guess(server, '192.0.2.1', { ...right, username: 'bob@example.com', browser: bobs })
  const adas = aBrowser(server.url)
  await guess(server, '192.0.2.1', { ...right, browser: adas })
  const [bob = '', ada = ''] = [bobs.cookies.get(name), adas.cookies.get(name)]
  await assault(server, 3)
  const [id = '', mac = ''] = ada.split('.')
  const [otherId = ''] = bob.split('.')
  for (const value of [bob, `${otherId}.${mac}`, `${id}.${'A'.repeat(43)}`, id, `${ada}.`, 'x'.repeat(5000)]) {
    const browser = aBrowser(server.url)
    browser.cookies.set(name, value)
    assert.equal((await guess(server, '203.0.113.1', { ...right, browser })).status, 429, value)
  }
  const browser = aBrowser(server.url)
  browser.cookies.set(name, ada)
  assert.equal((await guess(server, '203.0.113.1', { ...right, browser })).status, 302)
})

test('SEC-196: a browser knows the five who signed in last, and forgets none of them by a wrong password', async (t) => {
  const server = await aServer(t)
  const browser = aBrowser(server.url)
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${letter}@example.com`)
  for (const [i, email] of names.entries()) {
    const identities = [{ connection: sample.connection, provider: 'auth0', subject: email, isSocial: false }]
    await server.store.users.create(aUser({ userId: `auth0|${i}`, email, identities }), sample.password)
    await guess(server, '192.0.2.1', { ...right, username: email, browser })
    await guess(server, '192.0.2.1', { username: 'nobody@example.com', browser })
  }
  assert.equal(browser.cookies.get('keywright-known')?.split('.').length, 6)
  for (const [username, status] of [
    ['a@example.com', 429],
    ['B@Example.com', 302],
    ['f@example.com', 302],
  ] as const) {
    for (let i = 0; i < freeForStrangers; i++) await guess(server, `192.0.10.${i}`, { username })
    assert.equal((await guess(server, '203.0.113.1', { ...right, username, browser })).status, status, username)
  }
})

test('SEC-193: work counts once, in time, for the name and the network that were asked', async (t) => {
  const server = await aServer(t)
  await assault(server, 3)
  const ask = async (ip: string, username = sample.email) =>
    solve(challengeOf(await guess(server, ip, { username, password: 'wrong' })))
  const work = await ask('203.0.113.1')
  assert.equal((await guess(server, '203.0.113.2', { ...right, work })).status, 429, 'another network')
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => guess(server, `192.0.20.${i}`, { username: 'bob@example.com' })),
  )
  const bobs = { ...right, username: 'bob@example.com' }
  assert.equal((await guess(server, '203.0.113.1', { ...bobs, work })).status, 429, 'another name')
  const twice = await Promise.all([1, 2, 3].map(() => guess(server, '203.0.113.1', { password: 'wrong', work })))
  assert.deepEqual(twice.map(({ status }) => status).sort(), [400, 429, 429], 'once')

  const late = await ask('203.0.113.1')
  server.clock.advance(600_001)
  assert.equal((await guess(server, '203.0.113.1', { ...right, work: late })).status, 429, 'too late')
  const [challenge = ''] = /.*(?=\.\d+$)/.exec(await ask('203.0.113.1')) ?? []
  const less = challenge.replace(/^\d+/, '1')
  for (const made of ['', challenge, `${challenge}.`, `${challenge}.x`, solve(less), `${'9'.repeat(4000)}`, '\0'])
    assert.equal((await guess(server, '203.0.113.1', { ...right, work: made })).status, 429, made)
})

test('SEC-193: guesses that were refused raise no price; guesses that were made do, and cheap work is refused then', async (t) => {
  const server = await aServer(t)
  const bits = async () => Number.parseInt(challengeOf(await guess(server, '203.0.113.1')), 10)
  await assault(server, 20)
  assert.equal(await bits(), 10)
  const cheap = solve(challengeOf(await guess(server, '203.0.113.1')))
  for (let i = 0; i < 30; i++) {
    const ip = `192.0.30.${i}`
    await guess(server, ip, { work: solve(challengeOf(await guess(server, ip))) })
  }
  assert.equal(await bits(), 13)
  assert.equal((await guess(server, '203.0.113.1', { ...right, work: cheap })).status, 429)
})

test('sign-ins that succeed cost no later one, however many new browsers there are', async (t) => {
  const server = await aServer(t)
  for (let i = 0; i < freeForStrangers + 10; i++)
    assert.equal((await guess(server, `192.0.2.${i}`, right)).status, 302, `${i}`)
})

test('SEC-193: a name that nobody has costs and reads like one that somebody has', async (t) => {
  const server = await aServer(t)
  const shapes = await Promise.all(
    [sample.email, 'nobody@example.com'].map(async (username, subnet) => {
      const seen: string[] = []
      for (let i = 0; i < freeForStrangers + 2; i++) {
        const { status, body } = await guess(server, `192.${subnet}.2.${i}`, { username })
        seen.push(`${status} ${body.replaceAll(username, 'NAME').replace(/"[\w.-]{40,}"|state=[\w-]{43}/g, '')}`)
      }
      return seen
    }),
  )
  assert.deepEqual(shapes[0], shapes[1])
})

test('SEC-193: where guessing is all over the tenant, networks that guess must work, and nobody else', async (t) => {
  const server = await aServer(t)
  const usual = aBrowser(server.url)
  await guess(server, '192.0.2.1', { ...right, browser: usual })
  const count = () => server.store.attempts.count(tenantKey, server.clock.now(), 3_600_000)
  await Promise.all(Array.from({ length: manyInTenant - 1 }, count))
  assert.equal((await guess(server, '192.0.2.1', { username: 'nobody@example.com' })).status, 400)
  const told = (await logOf(server, 'w')).filter(({ description }) => description?.startsWith(`${manyInTenant} `))
  assert.equal(told.length, 1)
  const asked = await guess(server, '192.0.2.1', right)
  assert.equal(asked.status, 429)
  assert.equal((await guess(server, '192.0.2.1', { ...right, work: solve(challengeOf(asked)) })).status, 302)
  assert.equal((await guess(server, '192.0.2.2', right)).status, 302, 'a network that has not guessed')
  assert.equal((await guess(server, '192.0.2.1', { ...right, browser: usual })).status, 302, 'a known browser')
})

for (const [name, database] of Object.entries(databases))
  test(`SEC-193 SEC-194 on ${name}: of 120 guesses at as many names at once from one network a hundred count`, async (t) => {
    const server = await aServer(t, database)
    for (let i = 0; i < 3; i++) assert.equal((await guess(server, '192.0.2.1', right)).status, 302)
    const guesses = Array.from({ length: 120 }, (_, i) =>
      guess(server, '192.0.2.1', { username: `user${i}@x.example` }),
    )
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 400).length, 100)
    assert.equal(statuses.filter((status) => status === 429).length, 20)
    assert.equal((await guess(server, '192.0.2.1', right)).status, 429)
    assert.equal((await guess(server, '192.0.2.2', right)).status, 302)
  })

test('an attempt that was never compared, because too many others waited, is none', async (t) => {
  let crowded = true
  const server = await aServer(t, databases.sqlite, {
    ...inTheClear,
    verify: async (password, encoded, tenantId) => {
      if (crowded) throw new Overloaded(1)
      return inTheClear.verify(password, encoded, tenantId)
    },
  })
  for (let i = 0; i < 12; i++) assert.equal((await guess(server, '192.0.2.1', right)).status, 503)
  crowded = false
  assert.equal((await guess(server, '192.0.2.1', right)).status, 302)
})

test('where the tenant has switched the protection off, no account is counted, for strangers or in a browser that is known', async (t) => {
  const server = await aServer(t)
  const { tenant, storage } = server
  const off = { enabled: false, allowlist: [], maxAttempts: 3 }
  const attackProtection = { bruteForceProtection: off, suspiciousIpThrottling: off }
  await storage.tenants.update({ ...tenant, settings: { ...tenant.settings, attackProtection } })
  for (let attempt = 0; attempt < 5; attempt++) assert.equal((await guess(server, '192.0.2.1')).status, 400)
  const browser = aBrowser(server.url)
  for (const password of [sample.password, 'wrong', sample.password]) {
    const { status } = await guess(server, '192.0.2.1', { browser, password })
    assert.equal(status, password === 'wrong' ? 400 : 302)
  }
  assert.deepEqual(await logOf(server, 'limit_wc'), [])
})
