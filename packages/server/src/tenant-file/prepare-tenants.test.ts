import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { aTenantFileHouse } from '../../testing/tenant-files.ts'
import { prepareTenants } from './prepare-tenants.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-tenants-'))
})
after(() => rm(folder, { recursive: true }))

async function aFile(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

test('with a tenant file there are no sample credentials (SEC-281)', async () => {
  const house = await aTenantFileHouse()
  const file = await aFile('a.yaml', 'clients: [{name: A, client_id: a, app_type: spa}]')
  const report = await prepareTenants([file], house.platform)
  assert.equal(report.sampleCredentials, undefined)
  assert.deepEqual(await (await house.storeOf()).users.list({ limit: 10 }), [])
  await house.close()
})

test('one wrong file among several stops the start, by its path and line, before anything is written', async () => {
  const house = await aTenantFileHouse()
  const files = [
    await aFile('good.yaml', 'clients: [{name: A}]'),
    await aFile('bad.json', '{\n"clients": [{"name": 7}]}'),
  ]
  await assert.rejects(prepareTenants(files, house.platform), /bad\.json:2: clients\[0\]\.name is 7/)
  assert.deepEqual(house.writes, [])
  await house.close()
})

test('a file that is not UTF-8 is refused', async () => {
  const house = await aTenantFileHouse()
  await writeFile(join(folder, 'latin1.yaml'), Buffer.from('clients: [{name: caf\xe9}]', 'latin1'))
  await assert.rejects(prepareTenants([join(folder, 'latin1.yaml')], house.platform), /is not UTF-8/)
  await house.close()
})

test('says so if nobody answers at the public URL', async () => {
  const house = await aTenantFileHouse()
  const file = await aFile('acme.yaml', 'tenant: {domain: "acme.localhost:3000"}')
  const report = await prepareTenants([file], house.platform)
  assert.match(report.notes.join(), /KEYWRIGHT_URL is http:\/\/localhost:3000, and no tenant has this domain/)
  await house.close()
})

test('on this machine the only tenant follows the public URL to another port and scheme', async () => {
  const house = await aTenantFileHouse()
  await prepareTenants([], house.platform)
  house.platform.defaultTenantUrl = 'https://localhost:4000'
  const report = await prepareTenants([], house.platform)
  assert.match(report.notes.join(), /is now that of https:\/\/localhost:4000\//)
  assert.equal((await house.platform.tenants.findByDomain('localhost:4000'))?.issuer, 'https://localhost:4000/')
  assert.equal(await house.platform.tenants.findByDomain('localhost:3000'), undefined)
  await house.close()
})

test('a tenant with a real domain does not move by itself', async () => {
  const house = await aTenantFileHouse('https://login.example.com')
  await prepareTenants([], house.platform)
  house.platform.defaultTenantUrl = 'https://login.exmaple.com'
  const report = await prepareTenants([], house.platform)
  assert.match(report.notes.join(), /answers 404\. There are: login\.example\.com/)
  assert.deepEqual(
    (await house.platform.tenants.list()).map(({ issuer }) => issuer),
    ['https://login.example.com/'],
  )
  await house.close()
})

test('the tenant also follows when a file describes it, and not before the file is known to be right', async () => {
  const house = await aTenantFileHouse()
  await prepareTenants([], house.platform)
  house.platform.defaultTenantUrl = 'http://localhost:4000'
  house.writes.length = 0
  const wrong = await aFile('wrong.yaml', 'clientGrants: [{client_id: nobody, audience: nothing}]')
  await assert.rejects(prepareTenants([wrong], house.platform), /nobody/)
  assert.deepEqual(house.writes, [])

  const right = await aFile('right.yaml', 'clients: [{name: My native app, description: Mine}]')
  const report = await prepareTenants([right], house.platform)
  assert.deepEqual(report.tenants[0]?.changes, [
    '~ tenant localhost:4000: domain localhost:3000 → localhost:4000, ' +
      'issuer http://localhost:3000/ → http://localhost:4000/',
    '~ client My native app: description unset → Mine',
  ])
  assert.equal((await house.platform.tenants.list()).length, 1)
  await house.close()
})
