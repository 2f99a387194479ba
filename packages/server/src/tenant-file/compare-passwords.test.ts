import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswordKdf, type PasswordKdf } from '#crypto/password-kdf.ts'
import { createSealer } from '#crypto/seal.ts'
import { StorageUnavailable } from '#storage/database.ts'
import type { Store, TenantStore, UserStore } from '#storage/store.ts'
import { aTenantFileHouse } from '../../testing/tenant-files.ts'

const aFile = (password: string) => `
databases: [{name: Staff}]
users:
  - {connection: Staff, user_id: ada, email: ada@example.com, password: ${password}}
  - {connection: Staff, user_id: bob, email: bob@example.com, password: ${password}}`

/** Counts the slow hashes. */
function counting(kdf: PasswordKdf) {
  const count = { slow: 0 }
  const passwords: PasswordKdf = {
    ...kdf,
    hash: (...words) => {
      count.slow++
      return kdf.hash(...words)
    },
    verify: (...words) => {
      count.slow++
      return kdf.verify(...words)
    },
  }
  return { count, passwords }
}

async function aHouse() {
  const house = await aTenantFileHouse()
  const { count, passwords } = counting(createPasswordKdf())
  house.platform.passwords = passwords
  const users = async () => (await house.storeOf()).users
  return { ...house, count, users }
}

/** The same tenants, of whose users the named method fails as long as `isDown`. */
function failing(tenants: TenantStore, method: keyof UserStore, isDown: () => boolean): TenantStore {
  const users = (store: Store): UserStore => ({
    ...store.users,
    [method]: (...words: never[]) => {
      if (isDown()) return Promise.reject(new StorageUnavailable('PostgreSQL: Connection terminated'))
      return (store.users[method] as (...all: never[]) => unknown)(...words)
    },
  })
  return {
    ...tenants,
    findByDomain: (domain) => tenants.findByDomain(domain),
    list: () => tenants.list(),
    storeFor: (tenant) => ({ ...tenants.storeFor(tenant), users: users(tenants.storeFor(tenant)) }),
  }
}

test('what a file says is hashed once: later starts spend no slow hash on it, until either of the two changes', async () => {
  const house = await aHouse()
  await house.apply(aFile('first password'))
  assert.equal(house.count.slow, 2)
  for (const start of [2, 3]) {
    assert.deepEqual(await (await house.apply(aFile('first password'))).passwords.run(), [])
    assert.equal(house.count.slow, 2, `start ${start}`)
  }
  const { length } = await (await house.apply(aFile('second password'))).passwords.run()
  assert.deepEqual([length, house.count.slow], [2, 6])
  await (await house.apply(aFile('second password'))).passwords.run()
  assert.equal(house.count.slow, 6)

  // Somebody changes a password in another way: the mark speaks of another hash, and the file wins.
  const users = await house.users()
  const hash = await house.platform.passwords.hash('a password of her own')
  await users.setPasswordHash('auth0|ada', hash, { samePassword: false, now: 1 })
  const lines = await (await house.apply(aFile('second password'))).passwords.run()
  assert.deepEqual(lines, ['~ user ada@example.com: password (changed)'])
  await house.close()
})

test('what an older version stored is compared once, and marked', async () => {
  const house = await aHouse()
  await house.apply(aFile('a password'))
  const users = await house.users()
  const { hash = '' } = (await users.findMarkedPassword('auth0|ada')) ?? {}
  await users.markPassword('auth0|ada', hash, '')
  house.count.slow = 0
  for (const expected of [1, 1]) {
    assert.deepEqual(await (await house.apply(aFile('a password'))).passwords.run(), [])
    assert.equal(house.count.slow, expected)
  }
  await house.close()
})

test('the mark beside a hash tells nothing to who has no secret: not the password, and not that two are equal', async () => {
  const house = await aHouse()
  await house.apply(aFile('a password'))
  const users = await house.users()
  const [ada, bob] = [await users.findMarkedPassword('auth0|ada'), await users.findMarkedPassword('auth0|bob')]
  assert.ok(ada?.mark && bob?.mark && ada.mark !== bob.mark)
  const stranger = createSealer('the secret of somebody else, long enough')
  house.platform.sealer = stranger
  house.count.slow = 0
  await (await house.apply(aFile('a password'))).passwords.run()
  assert.equal(house.count.slow, 2, 'under another secret no mark counts')
  // A mark that was copied to another user's row, or beside another hash, is none.
  await users.markPassword('auth0|bob', bob.hash, ada.mark)
  house.count.slow = 0
  await (await house.apply(aFile('a password'))).passwords.run()
  assert.equal(house.count.slow, 1)
  await house.close()
})

for (const method of ['findMarkedPassword', 'setPasswordHash', 'markPassword'] as const)
  test(`SEC-296: the database is away at ${method}: it is waited for, and every password of the file is applied`, async (t) => {
    const house = await aHouse()
    await house.apply(aFile('first password'))
    const { tenants } = house.platform
    let failures = 0
    house.platform.tenants = failing(tenants, method, () => ++failures <= 2)
    const report = await house.apply(aFile('second password'))
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let lines: string[] | undefined
    const running = report.passwords.run().then((result) => {
      lines = result
    })
    while (!lines) {
      t.mock.timers.tick(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await running
    assert.ok(failures > 2)
    assert.deepEqual(
      lines,
      ['ada', 'bob'].map((name) => `~ user ${name}@example.com: password (changed)`),
    )
    t.mock.timers.reset()
    await house.close()
  })

test('whoever stops the server does not wait for the database; a bug is not waited out', async () => {
  const house = await aHouse()
  await house.apply(aFile('first password'))
  const { tenants } = house.platform
  house.platform.tenants = failing(tenants, 'findMarkedPassword', () => true)
  const stopping = new AbortController()
  const running = (await house.apply(aFile('second password'))).passwords.run(stopping.signal)
  stopping.abort()
  assert.deepEqual(await running, [])
  house.platform.tenants = failing(tenants, 'findMarkedPassword', () => {
    throw new TypeError('a bug')
  })
  await assert.rejects((await house.apply(aFile('second password'))).passwords.run(), /a bug/)
  await house.close()
})
