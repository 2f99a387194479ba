import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { digest } from '#crypto/digest.ts'
import { createSealer } from '#crypto/seal.ts'
import { fitsSecret } from '#crypto/secret-digest.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import { aClient, aConnection, anApi, sample } from '../../testing/builders.ts'
import { noon, unique } from '../../testing/issued.ts'
import { aTenant, everyPlace, onEach, testSecret } from '../../testing/storages.ts'
import { StorageConflict } from './database.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const aKey = (status: SigningKey['status'], over: Partial<SigningKey> = {}): SigningKey => ({
  kid: unique(),
  algorithm: 'ES256',
  status,
  publicJwk: {
    use: 'sig',
    alg: 'ES256',
    kid: 'key',
    x5c: ['certificate'],
    x5t: 't',
    kty: 'EC',
    crv: 'P-256',
    x: 'x',
    y: 'y',
  },
  createdAt: noon,
  ...over,
})

onEach(everyPlace, (bench) => {
  test('a tenant is found by its domain, and a domain has one tenant', async () => {
    const { tenants } = bench.storage
    const tenant = aTenant()
    assert.equal(await tenants.findByDomain(tenant.domain), undefined)
    assert.equal(await tenants.create(tenant), true)
    assert.deepEqual(await tenants.findByDomain(tenant.domain), tenant)
    assert.equal(await tenants.create({ ...aTenant(), domain: tenant.domain }), false)
    assert.equal(await tenants.create({ ...aTenant(), id: tenant.id }), false)

    const moved = { ...tenant, domain: `moved-${tenant.domain}` }
    await tenants.update(moved)
    assert.equal(await tenants.findByDomain(tenant.domain), undefined)
    assert.deepEqual(await tenants.findByDomain(moved.domain), moved)
    assert.ok((await tenants.list()).some(({ id }) => id === tenant.id))
    assert.equal(tenants.storeFor(tenant), tenants.storeFor(moved))
  })

  test('settings that are changed at once are merged', async () => {
    const tenant = await bench.tenant()
    const { settings } = bench.storage.tenants.storeFor(tenant)
    const { friendlyName, sessionLifetime } = { friendlyName: 'Acme', sessionLifetime: 1 }
    await Promise.all([
      settings.update({ friendlyName } as typeof tenant.settings),
      settings.update({ sessionLifetime } as typeof tenant.settings),
    ])
    const found = await bench.storage.tenants.findByDomain(tenant.domain)
    assert.deepEqual(found?.settings, { ...tenant.settings, friendlyName, sessionLifetime })
  })

  test('a client keeps its secret until it gets another or none', async () => {
    const tenant = await bench.tenant()
    const { clients } = bench.storage.tenants.storeFor(tenant)
    const client = aClient({ tokenEndpointAuthMethod: 'client_secret_post' })
    await clients.save(client, 'first')
    const owner = { tenantId: tenant.id, clientId: client.clientId }
    const fits = async (secret: string) =>
      fitsSecret((await clients.find(client.clientId))?.secretDigests ?? [], secret, owner, createSealer(testSecret))
    assert.deepEqual([await fits('first'), await fits('second')], [true, false])
    assert.equal(await clients.readSecret(client.clientId), 'first')

    await clients.save({ ...client, name: 'Renamed', secretDigests: [digest('first')] })
    assert.equal((await clients.find(client.clientId))?.name, 'Renamed')
    assert.equal(await clients.readSecret(client.clientId), 'first')

    await clients.save(client, 'second')
    assert.equal(await clients.readSecret(client.clientId), 'second')
    await clients.save({ ...client, secretDigests: [] })
    assert.equal(await clients.readSecret(client.clientId), undefined)
    assert.deepEqual(await clients.list({ limit: 10 }), [client])

    await clients.delete(client.clientId)
    assert.equal(await clients.find(client.clientId), undefined)
    assert.deepEqual(await clients.list({ limit: 10 }), [])
  })

  test('SEC-332: what is found belongs to everybody, so nobody can change it', async () => {
    const { clients } = await bench.store()
    await clients.save(aClient())
    const found = await clients.find(sample.clientId)
    assert.throws(() => found?.callbacks.push('https://evil.example/'), TypeError)
    assert.deepEqual(await clients.find(sample.clientId), aClient())
  })

  test('an API is found by its identifier, which only it can have', async () => {
    const { resourceServers } = await bench.store()
    await resourceServers.save(anApi())
    await resourceServers.save(anApi({ name: 'Renamed' }))
    assert.deepEqual(await resourceServers.findByIdentifier(sample.audience), anApi({ name: 'Renamed' }))
    assert.deepEqual(await resourceServers.list(), [anApi({ name: 'Renamed' })])
    await assert.rejects(resourceServers.save(anApi({ id: 'another' })), StorageConflict)
    await resourceServers.delete(anApi().id)
    assert.equal(await resourceServers.findByIdentifier(sample.audience), undefined)
  })

  test('a client grant goes with its client, and with its API', async () => {
    const store = await bench.store()
    const grant = { id: 'cgr_1', clientId: sample.clientId, audience: sample.audience, scope: ['contacts'] }
    await assert.rejects(store.clientGrants.save(grant), StorageConflict)
    const begin = async () => {
      await store.clients.save(aClient())
      await store.resourceServers.save(anApi())
      await store.clientGrants.save(grant)
      assert.deepEqual(await store.clientGrants.find(sample.clientId, sample.audience), grant)
    }
    await begin()
    await store.clientGrants.save({ ...grant, scope: [] })
    assert.deepEqual(await store.clientGrants.list(), [{ ...grant, scope: [] }])
    await store.clientGrants.delete(grant.id)
    assert.equal(await store.clientGrants.find(sample.clientId, sample.audience), undefined)
    await begin()
    await store.clients.delete(sample.clientId)
    assert.equal(await store.clientGrants.find(sample.clientId, sample.audience), undefined)
    await begin()
    await store.resourceServers.delete(anApi().id)
    assert.equal(await store.clientGrants.find(sample.clientId, sample.audience), undefined)
  })

  test('a connection gives its secret back as it was', async () => {
    const { connections } = await bench.store()
    const options = { issuer: 'https://idp.example/', client_secret: 'upstream' }
    const connection = aConnection({ name: 'idp', strategy: 'oidc', options })
    assert.deepEqual(await connections.list(), [])
    await connections.save(connection)
    assert.deepEqual(await connections.findByName('idp'), connection)
    assert.deepEqual(await connections.list(), [connection])
    await connections.save({ ...connection, options: {} })
    assert.deepEqual((await connections.findByName('idp'))?.options, {})
    await connections.delete(connection.id)
    assert.equal(await connections.findByName('idp'), undefined)
  })

  test('of processes that add the first key at once, one does', async () => {
    const { signingKeys } = await bench.store()
    const added = await Promise.all(Array.from({ length: 20 }, () => signingKeys.add(aKey('current'), pem)))
    assert.equal(added.filter(Boolean).length, 1)
    assert.equal(await signingKeys.add(aKey('current', { algorithm: 'PS256' }), pem), true)
    assert.equal((await signingKeys.list()).length, 2)
  })

  test('rotation moves each key one place, once', async () => {
    const { signingKeys } = await bench.store()
    const current = aKey('current')
    const next = aKey('next', { createdAt: noon + 1 })
    const afterNext = aKey('next', { createdAt: noon + 2 })
    await signingKeys.add(current, pem)
    await signingKeys.add(next, pem)
    assert.equal(await signingKeys.rotate(next.kid, afterNext, pem, noon + 5), false)
    assert.equal(await signingKeys.rotate(current.kid, afterNext, pem, noon + 5), true)
    assert.equal(await signingKeys.rotate(current.kid, aKey('next'), pem, noon + 5), false)

    const keys = await signingKeys.list()
    const expected = [current, next, afterNext].map(({ kid }) => kid)
    assert.deepEqual(
      keys.map(({ kid }) => kid),
      expected,
    )
    assert.deepEqual(
      keys.map(({ status }) => status),
      ['previous', 'current', 'next'],
    )
    assert.equal(keys[0]?.retiredAt, noon + 5)
    assert.ok(keys[1]?.privateKey?.equals(privateKey))

    await signingKeys.revoke(current.kid, noon + 9)
    const [revoked] = await signingKeys.list()
    assert.equal(revoked?.status, 'revoked')
    assert.equal(revoked?.privateKey, undefined)
    assert.equal(revoked?.retiredAt, noon + 5)
  })
})
