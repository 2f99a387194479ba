import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startIdentityProvider } from './provider.ts'
import {
  arrived,
  aVisitor,
  aWorld,
  corporate,
  failures,
  leave,
  signIn,
  tampered,
  type Visitor,
  visit,
  type World,
} from './round-trip.ts'

/** Nobody was signed in, nobody was made, and the app or the sign-in page hears of it without the reason. */
async function assertRefused(world: World, visitor: Visitor, back: string, reason: RegExp): Promise<void> {
  const answer = await visitor.ours.get(back)
  const parameters = arrived(answer)
  assert.equal(parameters.get('error'), 'temporarily_unavailable', answer.body)
  assert.equal(parameters.has('code'), false)
  assert.equal((await world.server.store.users.list({ limit: 10 })).length, 1)
  assert.match((await failures(world)).join('\n'), reason)
  assert.doesNotMatch(`${answer.location}${answer.body}`, reason, 'SEC-251')
  assert.equal(new URL(await leave(visitor, { prompt: 'none' })).searchParams.get('error'), 'login_required')
}

test('the person says no there, and the app asked for this connection: the app hears it', async (t) => {
  const world = await aWorld(t)
  world.provider.person.cancels = true
  const answer = await signIn(aVisitor(world), { state: 'app state' })
  assert.equal(arrived(answer).get('error'), 'access_denied')
  assert.equal(arrived(answer).get('state'), 'app state')
  assert.match((await failures(world)).join(), /^corporate: .*The person said no/)
})

test('the person says no there, and may sign in another way: our page says what happened', async (t) => {
  const world = await aWorld(t)
  const { ours, theirs } = aVisitor(world)
  const page = await ours.get(await leave({ ours, theirs }, { connection: undefined }))
  const href = /href="(\/u\/connection[^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&')
  world.provider.person.cancels = true
  const back = await visit({ ours, theirs }, (await ours.get(href ?? '')).location ?? '')
  const again = await ours.follow(await ours.get(back))
  assert.match(again.body, /You were not signed in there/)
  assert.match(again.body, /name="password"/)
  assert.match(again.body, /\/u\/connection/)
  assert.doesNotMatch(again.body, /The person said no/, 'SEC-251: the words of strangers stay outside')
})

for (const [what, changes, reason] of [
  ['another nonce', { nonce: 'not-ours' }, /nonce is not the one we sent/],
  ['no nonce', { nonce: undefined }, /no nonce/],
  ['another challenge', { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }, /token: answered 400/],
] as const)
  test(`SEC-228: ${what} on the way there is noticed on the way back`, async (t) => {
    const world = await aWorld(t)
    const visitor = aVisitor(world)
    const back = await visit(visitor, tampered(await leave(visitor), changes))
    await assertRefused(world, visitor, back, reason)
  })

for (const [what, changes, reason] of [
  ['another iss', { iss: 'https://evil.example' }, /callback: iss is \\?"https:\/\/evil/],
  ['no iss, which this provider announces', { iss: undefined }, /callback: iss is nothing/],
  ['another code', { code: 'x'.repeat(43) }, /token: answered 400/],
  ['no code', { code: undefined }, /neither code nor error/],
  ['an error of another issuer', { iss: 'https://evil.example', error: 'access_denied' }, /callback: iss/],
  ['an unknown error', { error: '<script>', error_description: '\u0000' }, /callback: \\?"<script>/],
] as const)
  test(`SEC-228: an answer with ${what} is refused`, async (t) => {
    const world = await aWorld(t, { namesIssuer: true })
    const visitor = aVisitor(world)
    const back = await visit(visitor, await leave(visitor))
    await assertRefused(world, visitor, tampered(back, changes), reason)
  })

test('SEC-228: a parameter that comes twice is refused', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  await assertRefused(world, visitor, `${back}&code=another`, /more than once/)
})

test('SEC-227: the answer of one connection is refused with the state of another', async (t) => {
  const world = await aWorld(t)
  const { server } = world
  const evil = await startIdentityProvider([`${server.url}/login/callback/evil`])
  t.after(evil.stop)
  await server.store.connections.save({ ...corporate(evil.issuer), id: 'con_evil', name: 'evil' })
  const visitor = aVisitor(world)
  const stateOfEvil = new URL(await leave(visitor, { connection: 'evil' })).searchParams.get('state') ?? ''
  const back = await visit(visitor, await leave(visitor))
  const heard = evil.heard.length
  await assertRefused(world, visitor, tampered(back, { state: stateOfEvil }), /evil: .*callback: the answer came to/)
  assert.equal(evil.heard.length, heard, 'and the code went nowhere')
})

test('SEC-227: an answer works once', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  const results = await Promise.all([visitor.ours.get(back), visitor.ours.get(back), visitor.ours.get(back)])
  assert.equal(results.filter(({ location }) => location?.includes('code=')).length, 1)
  const replayed = await visitor.ours.get(back)
  assert.equal(replayed.status, 400)
  assert.match(replayed.body, /expired/)
})

test('SEC-227: an answer that failed does not work later', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  await assertRefused(world, visitor, tampered(back, { code: 'x'.repeat(43) }), /token: answered 400/)
  assert.equal((await visitor.ours.get(back)).status, 400)
})

test('SEC-227: an answer in another browser is refused, and still good in its own', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  const stranger = aVisitor(world)
  assert.equal((await stranger.ours.get(back)).status, 400, 'without any cookie')
  await leave(stranger)
  assert.equal((await stranger.ours.get(back)).status, 400, 'with a cookie of its own')
  assert.ok(arrived(await visitor.ours.get(back)).has('code'))
})

test('SEC-227: an answer that comes too late is refused', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  world.server.clock.advance(3_600_001)
  assert.equal((await visitor.ours.get(back)).status, 400)
})

test('SEC-234: a connection that was taken from the app meanwhile lets nobody in', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  const exchanges = () => world.provider.heard.filter((line) => line.startsWith('POST /token')).length
  await world.server.store.connections.save(corporate(world.provider.issuer, { enabledClients: [] }))
  const answer = await visitor.ours.get(back)
  assert.equal(arrived(answer).get('error'), 'temporarily_unavailable')
  assert.equal(exchanges(), 0)
})

test('SEC-234: a saved link to a connection that is not for this app, or not what the app asked for, leads nowhere', async (t) => {
  const world = await aWorld(t)
  const { server, provider } = world
  const visitor = aVisitor(world)
  await server.store.connections.save(
    corporate(provider.issuer, { id: 'con_other', name: 'other', enabledClients: ['another-client'] }),
  )
  const page = await leave(visitor, { connection: undefined })
  const link = (connection: string) =>
    `${new URL(page).pathname.replace('login', 'connection')}${new URL(page).search}&connection=${connection}`
  for (const name of ['other', 'unknown', 'Username-Password-Authentication', '', '%00', '__proto__']) {
    const answer = await visitor.ours.get(link(name))
    assert.deepEqual([answer.status, answer.location], [400, undefined], name)
  }
  const onlyDatabase = await leave(visitor, { connection: 'Username-Password-Authentication' })
  const state = new URL(onlyDatabase).searchParams.get('state')
  assert.equal((await visitor.ours.get(`/u/connection?state=${state}&connection=corporate`)).status, 400)
})

test('an answer after the person gave up in another tab says that all is over', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const page = await visitor.ours.get(await leave(visitor, { connection: undefined }))
  const state = new URL(page.url).searchParams.get('state')
  const { location = '' } = await visitor.ours.get(`/u/connection?state=${state}&connection=corporate`)
  const back = await visit(visitor, location)
  assert.equal(arrived(await visitor.ours.submit(page, {}, 'cancel')).get('error'), 'access_denied')
  const late = await visitor.ours.follow(await visitor.ours.get(back))
  assert.equal(late.status, 409)
})

test('a blocked user comes back from the provider to a closed door', async (t) => {
  const world = await aWorld(t)
  const { users } = world.server.store
  await signIn(aVisitor(world))
  const user = await users.findByIdentity('corporate', 'ada')
  assert.ok(user)
  await users.update({ ...user, blocked: true })
  const visitor = aVisitor(world)
  assert.equal(arrived(await signIn(visitor)).get('error'), 'unauthorized')
  assert.equal((await users.find(user.userId))?.blocked, true)
  assert.equal(new URL(await leave(visitor, { prompt: 'none' })).searchParams.get('error'), 'login_required')
})

test('answers to nobody: malformed, unknown, empty', async (t) => {
  const { server } = await aWorld(t)
  for (const query of ['', '?state=', '?state=x', `?state=${'a'.repeat(43)}&code=b`, `?state=${'a'.repeat(9000)}`]) {
    const response = await fetch(`${server.url}/login/callback${query}`)
    assert.equal(response.status, 400, query)
  }
  const posted = await fetch(`${server.url}/login/callback`, {
    method: 'POST',
    body: new URLSearchParams(`state=a&state=b`),
    redirect: 'manual',
  })
  assert.equal(posted.status, 400)
})
