import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { longestScope } from '#oauth/scope.ts'
import { resourceServerSchema } from '#tenant-file/schema/resource-server-schema.ts'
import { userSchema } from '#tenant-file/schema/user-schema.ts'
import { isEmailAddress } from '#users/identifier.ts'
import { aClient, anApi, aUser } from '../../testing/builders.ts'
import { noon } from '../../testing/issued.ts'
import { onEach, postgres, sqliteFile } from '../../testing/storages.ts'

/** Nothing that PostgreSQL could compress. */
const long = (length: number) => randomBytes(length).toString('base64url').slice(0, length)
const longInHost = (length: number) =>
  randomBytes(length)
    .toString('hex')
    .slice(0, length)
    .replace(/.{50}/g, (label) => `${label}.`)
    .replace(/\.$/, 'x')

onEach([sqliteFile, postgres], (bench) => {
  test('SEC-290 the longest of everything that a door lets in fits the keys of the database', async () => {
    const { clients, resourceServers, users, consents, attempts, refreshFamilies } = await bench.store()
    const clientId = long(64)
    const audience = long(600)
    const host = `${longInHost(240)}.example`.slice(-250)
    const origin = `${`a${long(1780).replace(/[-_]/g, '0')}`.toLowerCase()}://${host}`
    await clients.save(aClient({ clientId, allowedOrigins: [origin, `https://${host}`] }))
    for (const one of [origin, `https://${host}`]) assert.equal(await clients.listsOrigin(one), true)
    await resourceServers.save(anApi({ identifier: audience }))
    const connection = long(128)
    const user = aUser({
      userId: `oidc|${connection}|${long(255)}`,
      connection,
      username: long(128),
      identities: [{ connection, provider: 'oidc', subject: long(255), isSocial: false }],
    })
    assert.equal(await users.create(user), true)
    await consents.add({ userId: user.userId, clientId, audience, scope: [long(longestScope)] }, noon)
    assert.equal((await consents.find(user.userId, clientId, audience))?.scope.length, 1)
    assert.equal(await attempts.count(long(4000), noon, 1000), 1)
    // What is only looked for may have any length.
    for (const length of [300, 4000, 60_000]) {
      const text = long(length)
      assert.equal(await clients.find(text), undefined)
      assert.equal(await clients.listsOrigin(`https://${text}.example`), false)
      assert.equal(await resourceServers.findByIdentifier(text), undefined)
      assert.equal(await users.findByIdentifier(connection, text), undefined)
      assert.equal(await refreshFamilies.find(text), undefined)
    }
  })
})

test('SEC-290 letters that grow when they are folded make no name that is longer than a key', () => {
  const grows = 'ﷺ'
  assert.equal(isEmailAddress(`${grows.repeat(60)}@example.com`), false)
  assert.equal(isEmailAddress(`${grows.repeat(3)}@example.com`), true)
  const user = (username: string) => userSchema.safeParse({ connection: 'c', username, password: 'a long password' })
  assert.equal(user(grows.repeat(128)).success, false)
  assert.equal(user(grows.repeat(3)).success, true)
  const api = (identifier: string) => resourceServerSchema.safeParse({ identifier, name: 'A' }).success
  assert.deepEqual([api('ä'.repeat(300)), api('ä'.repeat(301)), api('a'.repeat(600))], [true, false, true])
})
