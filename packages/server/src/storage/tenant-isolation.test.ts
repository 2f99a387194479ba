import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sample } from '../../testing/builders.ts'
import { rowsOf } from '../../testing/dump.ts'
import { askForAll, type Calls, everything, fill } from '../../testing/every-method.ts'
import { noon } from '../../testing/issued.ts'
import { onEach, sharedPlaces } from '../../testing/storages.ts'

const isNothing = (answer: unknown) =>
  [undefined, false, 0, 'refused'].includes(answer as undefined) || (Array.isArray(answer) && answer.length === 0)

onEach(sharedPlaces, (bench) => {
  test('SEC-259, SEC-261: another tenant that calls every method with our ids gets nothing and changes nothing', async () => {
    const mine = await bench.tenant()
    const theirs = await bench.store()
    const it = everything()
    await fill(bench.storage.tenants.storeFor(mine), it)
    const before = await rowsOf(mine.id, bench.url)
    assert.ok(before.length > 20)

    const answers = await askForAll(theirs, it)
    for (const [room, methods] of Object.entries(theirs)) {
      if (typeof methods === 'function') continue
      const asked = Object.keys(answers[room as keyof Calls] as object)
      assert.deepEqual(asked.sort(), Object.keys(methods).sort(), `every method of ${room}`)
    }
    for (const [room, methods] of Object.entries(answers)) {
      for (const [method, answer] of Object.entries((methods as object | undefined) ?? {})) {
        assert.ok(isNothing(answer), `${room}.${method} gave ${JSON.stringify(answer)}`)
      }
    }
    assert.deepEqual(await rowsOf(mine.id, bench.url), before)
  })

  test('SEC-260: two tenants can have everything under the same ids, and each has its own', async () => {
    const [one, two] = [await bench.tenant(), await bench.tenant()]
    const stores = [one, two].map((tenant) => bench.storage.tenants.storeFor(tenant))
    for (const [index, store] of stores.entries()) {
      const it = everything()
      await fill(store, { ...it, client: { ...it.client, name: `client of ${index}` } })
    }
    for (const [index, store] of stores.entries()) {
      assert.equal((await store.clients.find(sample.clientId))?.name, `client of ${index}`)
      assert.ok(await store.accessTokens.findWithUser('token', noon))
    }
    const before = await rowsOf(two.id, bench.url)
    const [store] = stores
    await store?.settings.update({ ...one.settings, friendlyName: 'One' })
    await store?.revokeGrant('grant', noon)
    await store?.users.delete(sample.userId)
    await store?.clients.delete(sample.clientId)
    assert.deepEqual(await rowsOf(two.id, bench.url), before)
  })
})
