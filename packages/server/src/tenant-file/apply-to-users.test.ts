import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '#errors.ts'
import type { Store, TenantStore, UserStore } from '#storage/store.ts'
import { aTenantFileHouse } from '../../testing/tenant-files.ts'
import { applyTenantFile } from './apply-tenant-file.ts'
import { parseTenantFile } from './parse-tenant-file.ts'

const aFile = (name: string) => `
databases: [{name: Staff}]
users:
  - {connection: Staff, user_id: ada, email: ada@example.com, name: ${name}}
  - {connection: Staff, username: bob}`

/** The same tenants, where something else happens before a user is written. */
function beforeUpdates(tenants: TenantStore, meanwhile: (users: UserStore) => Promise<void>): TenantStore {
  const withUsers = (store: Store): Store => {
    const update: UserStore['update'] = async (user, replaces) => {
      await meanwhile(store.users)
      return store.users.update(user, replaces)
    }
    return { ...store, users: { ...store.users, update } }
  }
  return {
    findByDomain: (domain) => tenants.findByDomain(domain),
    list: () => tenants.list(),
    listUnableToSign: (algorithm, limit) => tenants.listUnableToSign(algorithm, limit),
    create: (tenant) => tenants.create(tenant),
    update: (tenant) => tenants.update(tenant),
    storeFor: (tenant) => withUsers(tenants.storeFor(tenant)),
  }
}

async function applyWith(meanwhile: (users: UserStore) => Promise<void>, file: string) {
  const house = await aTenantFileHouse()
  await house.apply(aFile('Ada'))
  const platform = { ...house.platform, tenants: beforeUpdates(house.platform.tenants, meanwhile) }
  const applied = applyTenantFile([parseTenantFile(file, 'tenant.yaml')], platform)
  const outcome = await applied.catch((error: unknown) => error)
  const ada = await (await house.storeOf()).users.findByIdentifier('Staff', 'ada@example.com')
  await house.close()
  return { outcome, ada }
}

test('SEC-126: a block that comes while a tenant file is applied stays, and the file is applied to the blocked user', async () => {
  let blocked = false
  const block = async (users: UserStore) => {
    const user = await users.findByIdentifier('Staff', 'ada@example.com')
    if (!blocked && user) blocked = await users.update({ ...user, blocked: true })
  }
  const { outcome, ada } = await applyWith(block, aFile('Ada King'))
  assert.ok(!(outcome instanceof Error), String(outcome))
  assert.deepEqual([ada?.blocked, ada?.name], [true, 'Ada King'])
})

test('a name that somebody takes meanwhile stops the start with a sentence', async () => {
  const take = async (users: UserStore) => {
    const bob = await users.findByIdentifier('Staff', 'bob')
    if (bob) await users.update({ ...bob, email: 'taken@example.com' })
  }
  const file = 'users: [{user_id: ada, connection: Staff, email: taken@example.com}]'
  const { outcome } = await applyWith(take, `${file}\ndatabases: [{name: Staff}]`)
  assert.ok(outcome instanceof StartError, String(outcome))
  assert.match(outcome.message, /could not be changed: somebody else has/)
})
