import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sample } from '../../packages/server/testing/builders.ts'
import { exchange } from '../../packages/server/testing/login.ts'
import { arrived, aVisitor, aWorld, leave, signIn, visit } from './round-trip.ts'

test('a person signs in at the provider, and comes again as the same user', async (t) => {
  const world = await aWorld(t)
  const { server, provider } = world
  const answer = await signIn(aVisitor(world))
  assert.ok(arrived(answer).has('code'), answer.body)
  const tokens = await exchange(server.url, answer)
  assert.equal(tokens.status, 200)

  const user = await server.store.users.findByIdentity('corporate', 'ada')
  assert.ok(user)
  const { userId, name, email, emailVerified, connection, identities } = user
  assert.deepEqual(
    { userId, name, email, emailVerified, connection, identities },
    {
      userId: 'oidc|corporate|ada',
      name: 'Ada L.',
      email: 'ada@example.com',
      emailVerified: false, // SEC-233: nobody said that this provider answers for addresses
      connection: 'corporate',
      identities: [{ connection: 'corporate', provider: 'oidc', subject: 'ada', isSocial: false }],
    },
  )
  assert.notEqual(userId, sample.userId, 'SEC-229: the same address is not the same person')

  provider.person.claims = { name: 'Ada King' }
  await signIn(aVisitor(world))
  const again = await server.store.users.findByIdentity('corporate', 'ada')
  assert.equal(again?.name, 'Ada King')
  assert.equal(again?.email, undefined, 'what the provider takes back is gone')
  assert.equal((await server.store.users.list({ limit: 10 })).length, 2)
})

test('afterwards the session answers, and the provider is not asked again', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  await signIn(visitor)
  const heard = world.provider.heard.length
  for (const wish of [{ prompt: 'none' }, {}])
    assert.ok(new URL(await leave(visitor, wish)).searchParams.has('code'), 'the answer goes to the app at once')
  assert.equal(world.provider.heard.length, heard)
})

test('prompt=none never leads to a provider', async (t) => {
  const world = await aWorld(t)
  const location = await leave(aVisitor(world), { prompt: 'none' })
  assert.equal(new URL(location).searchParams.get('error'), 'login_required')
  assert.deepEqual(world.provider.heard, [])
})

test('the sign-in page has a button for the provider', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const page = await visitor.ours.get(await leave(visitor, { connection: undefined, login_hint: 'ada@example.com' }))
  const href = /href="(\/u\/connection[^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&')
  assert.ok(href, page.body)
  const { location = '' } = await visitor.ours.get(href)
  assert.equal(new URL(location).searchParams.get('login_hint'), 'ada@example.com')
  const answer = await visitor.ours.follow(await visitor.ours.get(await visit(visitor, location)))
  assert.ok(arrived(answer).has('code'), answer.body)
})

test('SEC-227: every login leaves with secrets of its own', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const [one, other] = [new URL(await leave(visitor)).searchParams, new URL(await leave(visitor)).searchParams]
  for (const name of ['state', 'nonce', 'code_challenge']) {
    assert.equal(one.get(name)?.length, 43)
    assert.notEqual(one.get(name), other.get(name), name)
  }
  assert.equal(one.get('code_challenge_method'), 'S256')
  assert.equal(one.get('response_type'), 'code')
})

test('prompt=login and max_age=0 hold at the provider, too', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  await signIn(visitor)
  for (const wish of [{ prompt: 'login' }, { max_age: '0' }]) {
    const location = await leave(visitor, wish)
    assert.equal(new URL(location).searchParams.get('prompt'), 'login')
    const heard = world.provider.heard.length
    const answer = await visitor.ours.follow(await visitor.ours.get(await visit(visitor, location)))
    assert.ok(arrived(answer).has('code'), answer.body)
    assert.ok(world.provider.heard.slice(heard).some((line) => line.startsWith('GET /sign-in/')))
  }
})

test('max_age is passed on, and the proof comes back', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const location = await leave(visitor, { max_age: '600' })
  assert.equal(new URL(location).searchParams.get('max_age'), '600')
  const answer = await visitor.ours.follow(await visitor.ours.get(await visit(visitor, location)))
  assert.ok(arrived(answer).has('code'), answer.body)
})

test('two first logins at once make one user', async (t) => {
  const world = await aWorld(t)
  const visitors = [aVisitor(world), aVisitor(world), aVisitor(world)]
  const backs = await Promise.all(visitors.map(async (visitor) => visit(visitor, await leave(visitor))))
  const answers = await Promise.all(visitors.map(({ ours }, i) => ours.get(backs[i] ?? '')))
  for (const answer of answers) assert.ok(arrived(answer).has('code'), answer.body)
  assert.equal((await world.server.store.users.list({ limit: 10 })).length, 2)
})

test('a provider that answers with a form is heard as well', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = new URL(await visit(visitor, await leave(visitor)))
  // Another site's form carries none of our SameSite=Lax cookies, so the answer must not need them yet.
  const stranger = aVisitor(world).ours
  const detour = await stranger.post(back.pathname, Object.fromEntries(back.searchParams), {
    origin: world.provider.issuer,
    'sec-fetch-site': 'cross-site',
  })
  assert.equal(detour.status, 302)
  const answer = await visitor.ours.follow(await visitor.ours.get(detour.location ?? ''))
  assert.ok(arrived(answer).has('code'), answer.body)
})

test('a hint that names another user ends at a page, and not in a circle', async (t) => {
  const world = await aWorld(t)
  const { provider, server } = world
  provider.person.sub = 'bob'
  const { body } = await exchange(server.url, await signIn(aVisitor(world)))
  provider.person.sub = 'ada'
  const visitor = aVisitor(world)
  const page = await signIn(visitor, { id_token_hint: String(body.id_token) })
  assert.equal(page.status, 200)
  assert.match(page.url, /\/u\/login\?/)
})
