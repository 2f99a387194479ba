import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aUser, sample } from '../../testing/builders.ts'
import { everyPlace, onEach } from '../../testing/storages.ts'

onEach(everyPlace, (bench) => {
  test('SEC-126: of many who replace one user as they read it, one wins, and the others write nothing', async () => {
    const { users } = await bench.store()
    await users.create(aUser({ appMetadata: { 10: 'ten', 2: 'two', ünï: ['\u{1F600}', null, 0.1] } }))
    const before = await users.find(sample.userId)
    assert.ok(before)
    const names = Array.from({ length: 10 }, (_, index) => `Ada ${index}`)
    const wins = await Promise.all(names.map((name) => users.update({ ...before, name }, before)))
    assert.equal(wins.filter(Boolean).length, 1)
    assert.equal((await users.find(sample.userId))?.name, names[wins.indexOf(true)])
  })

  test('who comes too late neither frees nor claims a name', async () => {
    const { users } = await bench.store()
    await users.create(aUser())
    const before = await users.find(sample.userId)
    assert.ok(before)
    assert.equal(await users.update({ ...before, blocked: true }, before), true)
    assert.equal(await users.update({ ...before, email: 'ada@new.example' }, before), false)
    assert.equal(await users.findByIdentifier(sample.connection, 'ada@new.example'), undefined)
    assert.equal((await users.findByIdentifier(sample.connection, sample.email))?.blocked, true)
  })
})
