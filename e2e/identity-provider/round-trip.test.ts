import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sample } from '../../packages/server/testing/builders.ts'
import { exchange } from '../../packages/server/testing/login.ts'
import { aVisitor, aWorld, signIn } from './round-trip.ts'

test('a person signs in at the provider, and comes again as the same user', async (t) => {
  const world = await aWorld(t)
  const { server, provider } = world
  const answer = await signIn(aVisitor(world))
  assert.match(answer.location ?? '', /^https:\/\/app\.example\/callback\?code=/, answer.body)
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
