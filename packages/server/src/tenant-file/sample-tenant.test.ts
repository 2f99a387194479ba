import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { aTenantFileHouse } from '../../testing/tenant-files.ts'
import { prepareTenants } from './prepare-tenants.ts'
import { sampleCredentials, sampleTenantYaml } from './sample-tenant.ts'

test('the example file is the sample tenant', async () => {
  const example = await readFile(new URL('../../../../examples/tenant.yaml', import.meta.url), 'utf8')
  assert.equal(example, sampleTenantYaml('http://localhost:3000'))
})

test('the first start makes the sample tenant and says so, the second leaves everything alone', async () => {
  const house = await aTenantFileHouse()
  const first = await prepareTenants([], house.platform)
  assert.deepEqual(first.sampleCredentials, sampleCredentials)
  const store = await house.storeOf()
  const client = await store.clients.find('Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn')
  assert.ok(client?.callbacks.includes('http://localhost:3000/mobile'))
  const ada = await store.users.findByIdentifier('Username-Password-Authentication', sampleCredentials.email)
  const hash = (await store.users.findPasswordHash(ada?.userId ?? '')) ?? ''
  assert.ok((await house.platform.passwords.verify(sampleCredentials.password, hash)).ok)

  house.writes.length = 0
  const second = await prepareTenants([], house.platform)
  assert.deepEqual([second.tenants, second.notes, second.sampleCredentials, house.writes], [[], [], undefined, []])
  await house.close()
})

test('SEC-281: the sample user is not made where strangers could sign in as her', async () => {
  const house = await aTenantFileHouse('https://login.example.com')
  const report = await prepareTenants([], house.platform)
  assert.equal(report.sampleCredentials, undefined)
  assert.match(report.notes.join(), /not on this machine/)
  assert.deepEqual(await (await house.storeOf()).users.list({ limit: 10 }), [])
  await house.close()
})
