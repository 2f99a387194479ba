import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createPasswordKdf, type PasswordKdf } from '#crypto/password-kdf.ts'
import { aBrowser } from '../../../testing/browser.ts'
import { aUser, hashOf, sample, seedSample } from '../../../testing/builders.ts'
import { authorizeUrl, parametersOf } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { logOf } from '../../../testing/tokens.ts'
import { manyInTenant, tenantKey } from './attack-protection.ts'

/** An imported hash that fits none of the passwords here. */
const importedHash = '$2b$04$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'

let server: TestServer
before(async () => {
  server = await startServer({
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      const people = {
        blocked: { blocked: true },
        unverified: { emailVerified: false },
        throttled: {},
        guessed: {},
        imported: {},
      }
      for (const [name, over] of Object.entries(people)) {
        const userId = `auth0|${name}`
        const identities = [{ connection: sample.connection, provider: 'auth0', subject: name, isSocial: false }]
        const user = aUser({ userId, email: `${name}@example.com`, identities, ...over })
        await store.users.create(user, name === 'imported' ? importedHash : await hashOf(sample.password))
      }
    },
  })
})
after(() => server.stop())

async function attempt(username: string, password: string, browser = aBrowser(server.url)) {
  const page = await browser.follow(await browser.get(authorizeUrl()))
  return browser.submit(page, { username, password })
}

/** What an outsider sees, without what differs from page to page anyway. */
const visible = ({ status, body, headers }: Awaited<ReturnType<typeof attempt>>, typed: string) => ({
  status,
  headers: [...headers.keys()].sort(),
  body: body
    .replaceAll(typed, 'TYPED')
    .replace(/value="[\w-]{43}"/g, 'value="…"')
    .replace(/state=[\w-]{43}/g, 'state=…'),
})

test('SEC-189 unknown user, wrong password, blocked and unverified user are one answer until the password is proven', async () => {
  const reference = visible(await attempt('nobody@example.com', 'wrong'), 'nobody@example.com')
  assert.equal(reference.status, 400)
  for (const username of [sample.email, 'blocked@example.com', 'unverified@example.com', 'imported@example.com'])
    assert.deepEqual(visible(await attempt(username, 'wrong'), username), reference)
})

test('a blocked user who proves the password is told to the app, and gets no session', async () => {
  const browser = aBrowser(server.url)
  const answer = await attempt('blocked@example.com', sample.password, browser)
  assert.equal(parametersOf(answer).get('error'), 'unauthorized')
  assert.equal(parametersOf(answer).get('error_description'), 'user is blocked')
  assert.equal(browser.cookies.has('keywright'), false)
})

test('SEC-208 the address is found however it is typed', async () => {
  for (const typed of ['ADA@example.com', '  ada@EXAMPLE.com ', 'ａｄａ@example.com'])
    assert.ok(parametersOf(await attempt(typed, sample.password)).get('code'), typed)
})

test('empty and missing fields are said to be missing', async () => {
  for (const [username, password] of [
    ['', ''],
    [sample.email, ''],
    ['', 'x'],
    ['   ', 'x'],
  ] as const)
    assert.equal((await attempt(username, password)).status, 400)
})

test('SEC-187 very long passwords, NUL and odd characters are refused like any wrong one', async () => {
  for (const password of ['x'.repeat(20_000), 'a\0b', '\ud800', '💶'.repeat(500), `${sample.password} `])
    assert.equal((await attempt('nobody@example.com', password)).status, 400)
})

test('SEC-193 SEC-194 ten wrong passwords for one account, in parallel or not, and the right one has to wait', async () => {
  const guesses = await Promise.all(
    [...Array(14).keys()].map((guess) => attempt('throttled@example.com', `wrong ${guess}`)),
  )
  assert.equal(guesses.filter(({ status }) => status === 400).length, 10)
  assert.equal(guesses.filter(({ status }) => status === 429).length, 4)
  assert.equal((await attempt('throttled@example.com', sample.password)).status, 429)
  assert.equal((await attempt(sample.email, sample.password)).status, 302, 'others are not locked out')
})

test('SEC-196 the account opens by itself again', async () => {
  server.clock.advance(16 * 60_000)
  assert.equal((await attempt('throttled@example.com', sample.password)).status, 302)
})

test('SEC-193 a hundred wrong passwords from one address, whichever the accounts, and the address has to wait', async () => {
  for (let round = 0; round < 10; round++)
    await Promise.all([...Array(10).keys()].map((guess) => attempt(`user-${round}-${guess}@example.com`, 'wrong')))
  assert.equal((await attempt(sample.email, sample.password)).status, 429)
  server.clock.advance(61 * 60_000)
  assert.equal((await attempt(sample.email, sample.password)).status, 302)
})

test('SEC-197 the right password after five wrong ones is told in the log, and after four it is not', async () => {
  const attempts = async (wrong: number) => {
    for (let guess = 0; guess < wrong; guess++) await attempt('guessed@example.com', `wrong ${guess}`)
    assert.equal((await attempt('guessed@example.com', sample.password)).status, 302)
    return logOf(server, 'w')
  }
  assert.deepEqual(await attempts(4), [])
  const [event, ...others] = await attempts(5)
  assert.deepEqual(others, [])
  assert.equal(event?.userId, 'auth0|guessed')
  assert.match(event?.description ?? '', /after many wrong ones/)
  assert.ok(event?.ip)
  assert.deepEqual([event?.connection, event?.strategy], [sample.connection, 'auth0'])
})

test('SEC-193 ten thousand wrong passwords in a tenant are told once, and no other network is locked out for them', async () => {
  const { attempts } = server.store
  const before = await attempts.read(tenantKey, server.clock.now())
  const missing = manyInTenant - before - 1
  await Promise.all(Array.from({ length: missing }, () => attempts.count(tenantKey, server.clock.now(), 3_600_000)))
  const told = async () => (await logOf(server, 'w')).filter(({ description }) => description?.startsWith('10000 '))
  assert.deepEqual(await told(), [])
  for (const guess of ['one', 'two', 'three']) await attempt('nobody@example.com', guess)
  assert.equal((await told()).length, 1)
  server.clock.advance(61 * 60_000)
  assert.equal((await attempt(sample.email, sample.password)).status, 302)
})

test('SEC-303 what was typed into the wrong field is not in the log', async () => {
  await attempt('my password typed as a name', 'x')
  await server.store.logs.flush()
  const events = await server.store.logs.list({ limit: 1000 })
  assert.ok(events.some(({ type }) => type === 'fu'))
  assert.ok(events.some(({ type }) => type === 'fp'))
  assert.ok(events.some(({ type }) => type === 'limit_wc'))
  assert.ok(events.some(({ type }) => type === 'limit_mu'))
  assert.doesNotMatch(JSON.stringify(events), /typed as a name/)
  assert.deepEqual(server.errors, [])
})

test('SEC-190 whoever is asked for, and whatever is typed, costs one password hash, no more and no less', async (t) => {
  const worked: string[] = []
  const real = createPasswordKdf()
  const counting: PasswordKdf = {
    hash: (...of) => real.hash(...of),
    verify(...of) {
      worked.push('verify')
      return real.verify(...of)
    },
    verifyNothing(...of) {
      worked.push('verifyNothing')
      return real.verifyNothing(...of)
    },
  }
  const own = await startServer({
    passwords: counting,
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      const unborn = { email: 'no-password@example.com', userId: 'auth0|no-password' }
      const identities = [{ connection: sample.connection, provider: 'auth0', subject: 'no-password', isSocial: false }]
      await store.users.create(aUser({ ...unborn, identities }))
    },
  })
  t.after(own.stop)
  const browser = aBrowser(own.url)
  const page = await browser.follow(await browser.get(authorizeUrl()))
  for (const [username, password, work] of [
    [sample.email, 'wrong', 'verify'],
    [sample.email, 'x'.repeat(5000), 'verify'],
    ['nobody@example.com', 'wrong', 'verifyNothing'],
    ['nobody@example.com', 'x'.repeat(5000), 'verifyNothing'],
    ['no-password@example.com', 'wrong', 'verifyNothing'],
    ['blank only', ' ', 'verifyNothing'],
  ] as const) {
    assert.equal((await browser.submit(page, { username, password })).status, 400)
    assert.deepEqual(worked.splice(0), [work], `${username} with ${password.length} characters`)
  }
  for (const username of [sample.email, 'nobody@example.com']) await browser.submit(page, { username, password: '' })
  assert.deepEqual(worked, [], 'without a password nobody is looked for')
})
