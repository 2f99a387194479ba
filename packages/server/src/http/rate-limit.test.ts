import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTenantSettings, type Tenant } from '#tenants/tenant.ts'
import { aBrowser } from '../../testing/browser.ts'
import { sample } from '../../testing/builders.ts'
import { authorizeUrl, postToken, signIn } from '../../testing/login.ts'
import { startServer } from '../../testing/start-server.ts'
import { createRateLimits, defaultQuotas, type RateLimits } from './rate-limit.ts'

const text = 'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.'

const aTenant = (id: string): Tenant => ({
  id,
  domain: `${id}.example`,
  issuer: `https://${id}.example/`,
  settings: { ...defaultTenantSettings, rateLimits: { token: { burst: 3, perMinute: 60 } } },
})

const clock = { ms: 1_000_000 }
const from = (limits: RateLimits, ip: string, tenant = aTenant('one')) => limits.forRequest(tenant, ip, () => clock.ms)

/** How many of these requests are let through. */
function admitted(requests: number, one: () => void): number {
  let count = 0
  for (let i = 0; i < requests; i++) {
    try {
      one()
      count++
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'too_many_requests')
    }
  }
  return count
}

test('a burst passes, then one more for each that is refilled', () => {
  const limits = createRateLimits()
  const one = () => from(limits, '192.0.2.1').take('token', 'client')
  assert.equal(admitted(5, one), 3)
  clock.ms += 2000
  assert.equal(admitted(5, one), 2)
  clock.ms += 3_600_000
  assert.equal(admitted(5, one), 3, 'and never more than the burst')
})

test('SEC-331 a clock that is set back neither refills nor blocks', () => {
  const limits = createRateLimits()
  const one = () => from(limits, '192.0.2.1').take('token', 'client')
  assert.equal(admitted(3, one), 3)
  clock.ms -= 86_400_000
  assert.equal(admitted(3, one), 0)
  clock.ms += 2000
  assert.equal(admitted(3, one), 2)
  clock.ms += 86_398_000
})

test('SEC-260 tenants, clients and addresses are counted apart, and a household of IPv6 together (SEC-193)', () => {
  const limits = createRateLimits()
  const all = (ip: string, key: string, tenant?: Tenant) =>
    admitted(4, () => from(limits, ip, tenant).take('token', key))
  assert.equal(all('192.0.2.1', 'client'), 3)
  assert.equal(all('192.0.2.2', 'client'), 3)
  assert.equal(all('192.0.2.1', 'other client'), 3)
  assert.equal(all('192.0.2.1', 'client', aTenant('two')), 3)
  assert.equal(all('2001:db8:1:2::1', 'client'), 3)
  assert.equal(all('2001:db8:1:2:ffff::9', 'client'), 0)
  assert.equal(all('2001:db8:1:3::1', 'client'), 3)
})

test('what is kept is bounded, and who is still asking is not forgotten', () => {
  const limits = createRateLimits(100)
  const one = () => from(limits, '192.0.2.1').take('token', 'busy')
  assert.equal(admitted(3, one), 3)
  for (let i = 0; i < 5000; i++) {
    from(limits, '192.0.2.1').take('token', `passing ${i}`)
    assert.equal(admitted(1, one), 0)
  }
})

test('SEC-298 tenants together are bounded, too: the one that has most forgets first, and nobody who is still asking', () => {
  const limits = createRateLimits(1000, 2000)
  const quiet = () => from(limits, '192.0.2.1', aTenant('quiet')).take('token', 'busy')
  assert.equal(admitted(3, quiet), 3)
  for (let i = 0; i < 20_000; i++) {
    from(limits, '192.0.2.1', aTenant(`loud ${i % 3}`)).take('token', `made up ${i}`)
    assert.ok(limits.size() <= 2000, `${limits.size()} buckets`)
  }
  assert.equal(admitted(1, quiet), 0, 'a small tenant is not forgotten for a large one')
  for (let i = 0; i < 10_000; i++) from(limits, '192.0.2.1', aTenant(`tenant ${i}`)).take('token', 'client')
  assert.ok(limits.size() <= 2000)
})

test('headers tell the size, the rest, and the moment of the next one in epoch seconds', () => {
  const limits = createRateLimits()
  const request = from(limits, '192.0.2.1')
  assert.equal(request.headers(), undefined)
  request.take('token', 'client')
  assert.deepEqual(request.headers(), {
    'x-ratelimit-limit': '3',
    'x-ratelimit-remaining': '2',
    'x-ratelimit-reset': `${Math.ceil((clock.ms + 1000) / 1000)}`,
  })
})

test('the token endpoint says what is left, and refuses with 429 and Retry-After when nothing is', async (t) => {
  const server = await startServer()
  t.after(() => server.stop())
  const ask = () =>
    postToken(server.url, { grant_type: 'refresh_token', client_id: sample.clientId, refresh_token: 'x' })
  const first = await ask()
  assert.equal(first.headers.get('x-ratelimit-limit'), `${defaultQuotas.token.burst}`)
  assert.equal(first.headers.get('x-ratelimit-remaining'), `${defaultQuotas.token.burst - 1}`)
  const reset = Number(first.headers.get('x-ratelimit-reset'))
  assert.ok(Math.abs(reset - server.clock.now() / 1000) <= 1, `reset is ${reset}`)

  await server.store.settings.update({ ...defaultTenantSettings, rateLimits: { token: { burst: 2, perMinute: 1 } } })
  const answers = [await ask(), await ask(), await ask()]
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [400, 400, 429],
  )
  assert.deepEqual(answers[2]?.body, { error: 'too_many_requests', error_description: text })
  assert.equal(answers[2]?.headers.get('x-ratelimit-remaining'), '0')
  assert.ok(Number(answers[2]?.headers.get('retry-after')) > 50)
  server.clock.advance(60_000)
  assert.equal((await ask()).status, 400)
})

test('the well-known documents are counted, too', async (t) => {
  const server = await startServer()
  t.after(() => server.stop())
  for (const path of ['/.well-known/jwks.json', '/.well-known/openid-configuration'])
    assert.ok((await fetch(server.url + path)).headers.get('x-ratelimit-remaining'), path)
})

test('SEC-298 sign-ins that are begun and left lying are capped; silent ones and those under way go on', async (t) => {
  const server = await startServer()
  t.after(() => server.stop())
  const signedIn = aBrowser(server.url)
  await signIn(server.url, {}, signedIn)
  const under = aBrowser(server.url)
  const page = await under.follow(await under.get(authorizeUrl()))
  const rateLimits = { interactions: { burst: 2, perMinute: 1 } }
  await server.store.settings.update({ ...defaultTenantSettings, rateLimits })
  const begin = async () => (await aBrowser(server.url).get(authorizeUrl())).status
  assert.deepEqual([await begin(), await begin(), await begin()], [302, 302, 429])
  const silent = await signedIn.get(authorizeUrl())
  assert.match(silent.location ?? '', /[?&]code=/)
  const done = await under.submit(page, { username: sample.email, password: sample.password })
  assert.match(done.location ?? '', /[?&]code=/)
  server.clock.advance(60_000)
  assert.equal(await begin(), 302)

  // Whoever is over the limit of their address takes nothing from the limit of all.
  const together = { interactions: { burst: 1, perMinute: 1 }, tenantInteractions: { burst: 3, perMinute: 1 } }
  await server.store.settings.update({ ...defaultTenantSettings, rateLimits: together })
  server.clock.advance(600_000)
  const tries = []
  for (let count = 0; count < 5; count++) tries.push(await begin())
  assert.deepEqual(tries, [302, 429, 429, 429, 429])
  await server.store.settings.update({
    ...defaultTenantSettings,
    rateLimits: { ...together, interactions: { burst: 10, perMinute: 600 } },
  })
  server.clock.advance(1000)
  assert.deepEqual([await begin(), await begin(), await begin()], [302, 302, 429])
  assert.deepEqual(server.errors, [])
})
