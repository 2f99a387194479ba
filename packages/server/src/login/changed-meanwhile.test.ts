// A password takes its time to be compared. What happens to the user meanwhile counts.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { PasswordKdf } from '#crypto/password-kdf.ts'
import { aBrowser } from '../../testing/browser.ts'
import { aUser, sample, seedSample } from '../../testing/builders.ts'
import { authorizeUrl, parametersOf } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

/** Compares in the clear; and then `meanwhile` happens, before the answer is there. Hashes `old:…` are those of another time. */
function slowly(meanwhile: { happens: () => Promise<unknown> }): PasswordKdf {
  const verify = async (password: string, encoded: string) => {
    const upgrade = encoded.startsWith('old:')
    const ok = password === encoded.replace('old:', '')
    await meanwhile.happens()
    return { ok, upgrade }
  }
  return { hash: async (password) => password, verify, verifyNothing: async () => {} }
}

async function aWorld(t: TestContext, hash: string) {
  const meanwhile = { happens: async (): Promise<unknown> => undefined }
  const server = await startServer({
    passwords: slowly(meanwhile),
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.users.setPasswordHash(sample.userId, hash, { samePassword: true, now: Date.now() })
    },
  })
  t.after(async () => {
    await server.stop()
    assert.deepEqual(server.errors, [])
  })
  const once = (happens: () => Promise<unknown>) => {
    meanwhile.happens = () => {
      meanwhile.happens = async () => undefined
      return happens()
    }
  }
  return { server, once, meanwhile }
}

async function signIn(server: TestServer) {
  const browser = aBrowser(server.url)
  const page = await browser.follow(await browser.get(authorizeUrl()))
  return browser.submit(page, { username: sample.email, password: sample.password })
}

test('SEC-161: a password that is changed while the old one is compared lets the old one in no more', async (t) => {
  const { server, once } = await aWorld(t, sample.password)
  const { users, sessions } = server.store
  once(() => users.setPasswordHash(sample.userId, 'another', { samePassword: false, now: server.clock.now() }))
  const answer = await signIn(server)
  assert.equal(answer.status, 400)
  assert.match(answer.body, /Wrong email/)
  assert.deepEqual(await sessions.listForUser(sample.userId), [])
})

test('SEC-161: a user who is blocked while the password is compared gets no session', async (t) => {
  const { server, once } = await aWorld(t, sample.password)
  const { users, sessions } = server.store
  once(() => users.update(aUser({ blocked: true })))
  assert.equal(parametersOf(await signIn(server)).get('error'), 'unauthorized')
  assert.deepEqual(await sessions.listForUser(sample.userId), [])
})

test('SEC-161: a user who is deleted while the password is compared is nobody', async (t) => {
  const { server, once } = await aWorld(t, sample.password)
  once(() => server.store.users.delete(sample.userId))
  assert.equal((await signIn(server)).status, 400)
})

test('whatever else changes meanwhile keeps nobody out', async (t) => {
  const { server, once } = await aWorld(t, sample.password)
  once(() => server.store.users.update(aUser({ name: 'Ada King' })))
  assert.ok(parametersOf(await signIn(server)).has('code'))
})

test('an imported hash that two sign-ins replace at once lets both in', async (t) => {
  const { server, meanwhile } = await aWorld(t, `old:${sample.password}`)
  const both = Promise.withResolvers<void>()
  let comparing = 0
  meanwhile.happens = () => {
    if (++comparing === 2) both.resolve()
    return both.promise
  }
  const answers = await Promise.all([signIn(server), signIn(server)])
  for (const answer of answers) assert.ok(parametersOf(answer).has('code'), answer.body)
  assert.equal(await server.store.users.findPasswordHash(sample.userId), sample.password)
})
