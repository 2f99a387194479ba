// Somebody who has a session at a provider comes back from there without having proven anything just now. `auth_time` says since when.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { seedSample } from '../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf } from '../../testing/login.ts'
import { scriptedProvider, upstreamConnection } from '../../testing/scripted-provider.ts'
import { startServer } from '../../testing/start-server.ts'
import { claimsOf } from '../../testing/tokens.ts'

async function aWorld(t: TestContext) {
  const provider = scriptedProvider()
  const server = await startServer({
    fetch: provider.ctx.fetch,
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.connections.save({ ...upstreamConnection({ callback: 'own' }), showAsButton: true })
    },
  })
  t.after(async () => {
    await server.stop()
    assert.deepEqual(server.errors, [])
  })
  const seconds = () => Math.floor(server.clock.now() / 1000)

  /** Goes there and comes back, with an ID token that says this of its `auth_time`. */
  async function comeBack(authTime: unknown, over: Record<string, string> = {}, browser = aBrowser(server.url)) {
    const left = await browser.get(authorizeUrl({ connection: 'idp', ...over }))
    const { searchParams } = new URL(left.location ?? '')
    const [iat, exp] = [seconds(), seconds() + 300]
    Object.assign(provider.script.claims, { nonce: searchParams.get('nonce'), iat, exp, auth_time: authTime })
    const back = `/login/callback/idp?code=code&state=${searchParams.get('state')}`
    return { browser, answer: await browser.follow(await browser.get(back)) }
  }
  /** What the app is told of it. */
  const told = async (answer: Awaited<ReturnType<typeof comeBack>>['answer']) =>
    claimsOf(String((await exchange(server.url, answer)).body.id_token)).auth_time as number
  return { server, seconds, comeBack, told }
}

const silently = (over: Record<string, string>) => authorizeUrl({ connection: 'idp', prompt: 'none', ...over })

test('SEC-013: auth_time is when the user signed in at the provider, and max_age counts from there', async (t) => {
  const { seconds, comeBack, told } = await aWorld(t)
  const since = seconds() - 3000
  const { browser, answer } = await comeBack(since)
  // `max_age` makes the ID token say it.
  const again = await browser.get(silently({ max_age: '4000' }))
  assert.ok(parametersOf(answer).has('code'))
  assert.equal(await told(again), since)
  const tooOld = parametersOf(await browser.get(silently({ max_age: '2000' })))
  assert.equal(tooOld.get('error'), 'login_required')
})

test('what the app asked for is judged by what the provider says, and the app hears the same', async (t) => {
  const { seconds, comeBack, told } = await aWorld(t)
  const since = seconds() - 100
  assert.equal(await told((await comeBack(since, { max_age: '600' })).answer), since)
})

test('a provider that says nothing is taken to have asked just now', async (t) => {
  const { server, comeBack, told } = await aWorld(t)
  const before = server.clock.now()
  const { browser } = await comeBack(undefined)
  const time = await told(await browser.get(silently({ max_age: '600' })))
  assert.ok(time * 1000 >= before - 1000 && time * 1000 <= server.clock.now(), `${time}`)
})

test('a clock that is ahead helps nobody: within a minute it means now, beyond it the answer is refused', async (t) => {
  const { server, seconds, comeBack, told } = await aWorld(t)
  const { browser } = await comeBack(seconds() + 30)
  const time = await told(await browser.get(silently({ max_age: '600' })))
  assert.ok(time * 1000 <= server.clock.now(), `${time}`)
  for (const absurd of [seconds() + 120, server.clock.now(), 1e300, `${seconds()}`, [seconds()], null, true]) {
    const refused = await comeBack(absurd)
    assert.equal(parametersOf(refused.answer).get('error'), 'temporarily_unavailable', JSON.stringify(absurd))
  }
})

test('a time before all times is long ago, and half a second is none', async (t) => {
  const { seconds, comeBack, told } = await aWorld(t)
  for (const past of [-1, 0, -1e300]) {
    const { browser } = await comeBack(past)
    assert.equal(
      parametersOf(await browser.get(silently({ max_age: '9999' }))).get('error'),
      'login_required',
      `${past}`,
    )
  }
  const since = seconds() - 100
  const { browser } = await comeBack(since + 0.56789)
  assert.equal(await told(await browser.get(silently({ max_age: '600' }))), since)
})
