import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, aUser, sample } from '../../testing/builders.ts'
import { aCuttableLine } from '../../testing/cuttable-line.ts'
import { aCode, aFamily, noon } from '../../testing/issued.ts'
import { aTenant, openForTest, postgres } from '../../testing/storages.ts'
import { StorageUnavailable } from './database.ts'

test('SEC-131: without the database every change is refused, the process lives on, and goes on when it is back', async () => {
  const { url } = await postgres.make()
  const road = await aCuttableLine(url)
  const errors: unknown[] = []
  const storage = await openForTest(road.url, (error) => errors.push(error))
  const elsewhere = await openForTest(url)
  const tenant = aTenant()
  await storage.tenants.create(tenant)
  const store = storage.tenants.storeFor(tenant)
  await store.clients.save(aClient())
  await store.users.create(aUser())
  const code = aCode()
  const family = aFamily()
  await store.codes.create(code)
  await store.codes.redeem(code.codeDigest, { family }, noon)
  assert.ok(await store.clients.find(sample.clientId))

  road.cut()
  await assert.rejects(store.refreshFamilies.revoke(family.familyId, noon), StorageUnavailable)
  await assert.rejects(store.revokeGrant(family.grantId, noon), StorageUnavailable)
  await assert.rejects(store.users.find(sample.userId), StorageUnavailable)
  await assert.rejects(store.codes.redeem(code.codeDigest, { family }, noon), StorageUnavailable)
  await assert.rejects(storage.check(), StorageUnavailable)
  await assert.rejects(openForTest(road.url), StorageUnavailable)
  await elsewhere.tenants.storeFor(tenant).clients.delete(sample.clientId)

  road.mend()
  const back = performance.now()
  while (await store.clients.find(sample.clientId)) {
    assert.ok(performance.now() - back < 2500, 'the change made meanwhile is not seen')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await storage.check()
  assert.ok(errors.length > 0)
  await storage.close()
  await elsewhere.close()
  await road.close()
})

test('SEC-328: whoever was told that the code is theirs is right, though the connection broke', async () => {
  const { url } = await postgres.make()
  const road = await aCuttableLine(url)
  const storage = await openForTest(road.url)
  const tenant = aTenant()
  await storage.tenants.create(tenant)
  const store = storage.tenants.storeFor(tenant)
  await store.users.create(aUser())
  const codes = Array.from({ length: 60 }, () => aCode())
  await Promise.all(codes.map((code) => store.codes.create(code)))

  let answered = 0
  const redeeming = codes.map(async (code) => {
    const family = aFamily({ grantId: code.grantId })
    const won = await store.codes.redeem(code.codeDigest, { family }, noon)
    if (++answered === 20) road.cut()
    return { won, familyId: family.familyId }
  })
  const results = await Promise.allSettled(redeeming)
  road.mend()
  const told = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  assert.ok(told.length >= 20 && told.length < codes.length, `${told.length} were told`)
  for (const { won, familyId } of told) {
    assert.ok(won)
    assert.ok(await store.refreshFamilies.find(familyId))
  }
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue
    assert.ok(result.reason instanceof StorageUnavailable)
    // Whether it happened is not known, but it is whole: a spent code has its family.
    const spent = (await store.codes.find(codes[index]?.codeDigest ?? ''))?.redeemedAt !== undefined
    const families = await store.refreshFamilies.listForUser(sample.userId)
    assert.equal(
      families.some(({ grantId }) => grantId === codes[index]?.grantId),
      spent,
    )
  }
  await storage.close()
  await road.close()
})
