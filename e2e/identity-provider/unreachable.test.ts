import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createOutgoing } from '../../packages/server/src/http/outgoing.ts'
import { aClient } from '../../packages/server/testing/builders.ts'
import { arrived, aVisitor, aWorld, corporate, failures, leave, visit } from './round-trip.ts'

const impatient = createOutgoing({ allowPrivateNetworks: true, totalTimeout: 100 })

/** Takes requests and answers none. */
async function aSilentProvider(t: TestContext): Promise<string> {
  const server = createServer(() => {})
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('the provider is down before anybody leaves: the app that asked for it hears so', async (t) => {
  const world = await aWorld(t)
  await world.provider.stop()
  const location = await leave(aVisitor(world), { state: 'app state' })
  const parameters = new URL(location).searchParams
  assert.equal(parameters.get('error'), 'temporarily_unavailable')
  assert.equal(parameters.get('state'), 'app state')
  assert.match((await failures(world)).join(), /^corporate: .*discovery: 127\.0\.0\.1:\d+: ECONNREFUSED/)
})

test('the provider is down before anybody leaves: people with another way see the sign-in page', async (t) => {
  const world = await aWorld(t)
  const { ours, theirs } = aVisitor(world)
  const page = await leave({ ours, theirs }, { connection: undefined })
  await world.provider.stop()
  const state = new URL(page).searchParams.get('state')
  const answer = await ours.follow(await ours.get(`/u/connection?state=${state}&connection=corporate`))
  assert.match(answer.body, /The other service did not answer/)
  assert.match(answer.body, /name="password"/)
  assert.doesNotMatch(answer.body, /ECONNREFUSED/)
})

test('SEC-049: the provider is down, and the app is a third party’s: nobody is bounced to it', async (t) => {
  const world = await aWorld(t)
  await world.server.store.clients.save(aClient({ isFirstParty: false }))
  await world.provider.stop()
  const { ours, theirs } = aVisitor(world)
  const page = await ours.get(await leave({ ours, theirs }))
  assert.match(page.body, /The other service did not answer/)
  assert.equal(arrived(await ours.submit(page, {}, 'cancel')).get('error'), 'access_denied')
})

test('the provider goes down while the person is there', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  await world.provider.stop()
  assert.equal(arrived(await visitor.ours.get(back)).get('error'), 'temporarily_unavailable')
  assert.match((await failures(world)).join(), /token: .*ECONNREFUSED/)
})

test('SEC-250: a provider that never answers holds nobody up, and not its token endpoint either', async (t) => {
  const world = await aWorld(t, { fetch: impatient })
  const { server, provider } = world
  const silent = await aSilentProvider(t)
  const visitor = aVisitor(world)

  await server.store.connections.save({ ...corporate(silent), id: 'con_silent', name: 'silent' })
  const location = await leave(visitor, { connection: 'silent' })
  assert.equal(new URL(location).searchParams.get('error'), 'temporarily_unavailable')

  const half = corporate(provider.issuer)
  await server.store.connections.save({ ...half, options: { ...half.options, token_endpoint: `${silent}/token` } })
  const back = await visit(visitor, await leave(visitor))
  assert.equal(arrived(await visitor.ours.get(back)).get('error'), 'temporarily_unavailable')
  const told = (await failures(world)).join('\n')
  assert.match(told, /silent: .*discovery: .*no complete answer within 100 ms/)
  assert.match(told, /corporate: .*token: .*no complete answer within 100 ms/)
})

test('a provider that calls itself something else is not asked', async (t) => {
  const world = await aWorld(t)
  const { server, provider } = world
  const { options } = corporate(provider.issuer)
  const wrong: Record<string, unknown>[] = [
    { ...options, issuer: `${provider.issuer}/` },
    {
      ...options,
      issuer: 'https://login.example',
      discovery_url: `${provider.issuer}/.well-known/openid-configuration`,
    },
    { ...options, issuer: undefined, discovery_url: `${provider.issuer}/.well-known/openid-configuration?x` },
  ]
  for (const changed of wrong) {
    await server.store.connections.save(corporate(provider.issuer, { options: changed }))
    const location = await leave(aVisitor(world))
    assert.equal(new URL(location).searchParams.get('error'), 'temporarily_unavailable', JSON.stringify(changed))
    assert.match((await failures(world))[0] ?? '', /discovery: issuer is/)
  }
})

test('a connection whose options make no sense is nobody’s crash', async (t) => {
  const world = await aWorld(t)
  for (const options of [{}, { issuer: 7 }, { client_id: 'a' }, { client_id: 'a', issuer: 'not a url' }]) {
    await world.server.store.connections.save(corporate('', { options }))
    const location = await leave(aVisitor(world))
    assert.equal(new URL(location).searchParams.get('error'), 'temporarily_unavailable', JSON.stringify(options))
  }
})
