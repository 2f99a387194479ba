// What a grant will ask is asked before a code is given: nobody is sent back with a code that can never be exchanged.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { aConnection, aUser, sample, seedSample } from '../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../testing/login.ts'
import { startServer } from '../../testing/start-server.ts'
import { refresh, userinfo } from '../../testing/tokens.ts'

const staff = aUser({
  userId: 'auth0|staff',
  connection: 'staff',
  email: 'grace@example.com',
  identities: [{ connection: 'staff', provider: 'auth0', subject: 'staff', isSocial: false }],
})

async function aWorld(t: TestContext) {
  const server = await startServer({
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.connections.save(aConnection({ id: 'con_staff', name: 'staff', enabledClients: [] }))
      const hash = (await store.users.findPasswordHash(sample.userId)) ?? ''
      await store.users.create(staff, hash)
    },
  })
  t.after(async () => {
    assert.deepEqual(server.errors, [])
    await server.stop()
  })
  const enabledFor = async (...enabledClients: string[]) => {
    const connection = (await server.store.connections.findByName(sample.connection)) ?? assert.fail()
    await server.store.connections.save({ ...connection, enabledClients })
  }
  return { server, enabledFor }
}

test('SEC-091: an account whose connection the client does not use any more gets no code, but a sign-in page that says so', async (t) => {
  const { server, enabledFor } = await aWorld(t)
  const { browser } = await signIn(server.url)
  await enabledFor()
  await server.store.connections.save(
    aConnection({ id: 'con_staff', name: 'staff', enabledClients: [sample.clientId] }),
  )

  const silent = parametersOf(await browser.get(authorizeUrl({ prompt: 'none' })))
  assert.deepEqual([silent.get('error'), silent.get('code')], ['login_required', null])
  const page = await browser.follow(await browser.get(authorizeUrl()))
  assert.equal(page.status, 200)
  assert.match(page.url, /\/u\/login\?/)
  assert.match(page.body, /an account that cannot be used here/)
  // And there is a way through: somebody whom the client knows.
  const answer = await browser.submit(page, { username: 'grace@example.com', password: sample.password })
  assert.equal((await exchange(server.url, answer)).status, 200)
})

test('SEC-091: an account that comes from several connections may come by any of them', async (t) => {
  const { server, enabledFor } = await aWorld(t)
  const { browser } = await signIn(server.url)
  const ada = (await server.store.users.find(sample.userId)) ?? assert.fail()
  const identities = [...ada.identities, { connection: 'staff', provider: 'auth0', subject: 'x', isSocial: false }]
  await server.store.users.update({ ...ada, identities })
  await enabledFor()
  await server.store.connections.save(
    aConnection({ id: 'con_staff', name: 'staff', enabledClients: [sample.clientId] }),
  )
  assert.ok(parametersOf(await browser.get(authorizeUrl({ prompt: 'none' }))).has('code'))
})

test('SEC-091: every door asks: the code, the refresh token, and /userinfo with either kind of token', async (t) => {
  const { server, enabledFor } = await aWorld(t)
  const scope = 'openid profile offline_access'
  const opaque = (await exchange(server.url, await signIn(server.url, { scope }))).body
  const jwt = (await exchange(server.url, await signIn(server.url, { scope, audience: sample.audience }))).body
  const waiting = await signIn(server.url)
  const statuses = async () => ({
    opaque: (await userinfo(server.url, String(opaque.access_token))).status,
    jwt: (await userinfo(server.url, String(jwt.access_token))).status,
  })
  assert.deepEqual(await statuses(), { opaque: 200, jwt: 200 })
  await enabledFor('another')
  assert.deepEqual(await statuses(), { opaque: 401, jwt: 401 })
  const refreshed = await refresh(server.url, String(opaque.refresh_token))
  assert.deepEqual([refreshed.status, refreshed.body.error], [400, 'invalid_grant'])
  const code = await exchange(server.url, waiting)
  assert.deepEqual([code.status, code.body.error], [400, 'invalid_grant'])
})

test('a user who was deleted is asked to sign in as somebody else; one who is blocked is told so (SEC-189)', async (t) => {
  const { server } = await aWorld(t)
  const { browser } = await signIn(server.url)
  const ada = (await server.store.users.find(sample.userId)) ?? assert.fail()
  await server.store.users.update({ ...ada, blocked: true })
  await server.store.users.delete(sample.userId)
  assert.match((await browser.follow(await browser.get(authorizeUrl()))).url, /\/u\/login\?/)
  const blocked = aBrowser(server.url)
  await server.store.connections.save(
    aConnection({ id: 'con_staff', name: 'staff', enabledClients: [sample.clientId] }),
  )
  const page = await blocked.follow(await blocked.get(authorizeUrl({ connection: 'staff' })))
  await server.store.users.update({ ...staff, blocked: true })
  const answer = await blocked.submit(page, { username: 'grace@example.com', password: sample.password })
  assert.equal(parametersOf(answer).get('error'), 'unauthorized')
})
