import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aClient, aUser } from '../../testing/builders.ts'
import { databaseWithClock } from '../../testing/database-clock.ts'
import { aCode, aFamily, day, hour, noon } from '../../testing/issued.ts'
import { aTenant, openForTest } from '../../testing/storages.ts'
import { postgresClock } from './postgres-clock.ts'

/** A database at `offset` from our monotonic clock, whose answers take their time both ways. */
function aWorld() {
  const world = { monotonic: 5000, offset: noon }
  const clock = postgresClock(() => world.monotonic)
  return {
    world,
    clock,
    ask(there: number, back: number) {
      const asked = world.monotonic
      world.monotonic += there
      const told = world.monotonic + world.offset
      world.monotonic += back
      clock.learn(told, asked, world.monotonic)
    },
    error: () => clock.now() - (world.monotonic + world.offset),
  }
}

test('SEC-331 the time is told as well as the best answer allows, however unevenly the others travelled', () => {
  const travel = fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.double({ min: 0, max: 500, noNaN: true }))
  fc.assert(
    fc.property(fc.array(travel, { minLength: 1, maxLength: 20 }), (answers) => {
      const { ask, error } = aWorld()
      for (const [there, back] of answers) ask(there, back)
      const shortest = Math.min(...answers.map(([there, back]) => there + back))
      const drifted = answers.length // 1 s of travel at most, each time
      assert.ok(Math.abs(error()) <= shortest / 2 + drifted + 1, `${error()} ms off`)
    }),
  )
})

test('SEC-331 between answers time goes on, and an old answer counts for less and less', () => {
  const { world, ask, error } = aWorld()
  ask(1, 1)
  world.monotonic += hour
  assert.ok(Math.abs(error()) <= 2)
  world.offset += 500 // the two clocks drifted apart within what is possible in an hour
  ask(1, 1)
  assert.ok(Math.abs(error()) <= 2)
})

test('SEC-331 a database whose clock was set, or another after a failover, is believed at its first answer', () => {
  const { world, ask, error } = aWorld()
  ask(1, 1)
  for (const jump of [40 * day, -80 * day, 60_000, -3000]) {
    world.offset += jump
    ask(2, 2)
    assert.ok(Math.abs(error()) <= 3, `${jump}: ${error()} ms off`)
  }
})

test('SEC-331 a storage on PostgreSQL goes by its clock, not by the machine’s, and follows when that is set', async (t) => {
  const database = await databaseWithClock()
  const storage = await openForTest(database.url, assert.ifError, { now: () => noon - 40 * day })
  t.after(() => storage.close())
  const here = Date.now() // the test's database runs on this machine
  assert.ok(Math.abs(storage.now() - here) < hour)
  for (const jump of [40 * day, -80 * day, 40 * day]) await database.move(jump, storage)
})

test('SEC-331 how long ago a token was replaced PostgreSQL says, whoever dates the rest', async (t) => {
  const database = await databaseWithClock()
  const storage = await openForTest(database.url, assert.ifError)
  t.after(() => storage.close())
  const tenant = aTenant()
  await storage.tenants.create(tenant)
  const { codes, clients, refreshFamilies, users } = storage.tenants.storeFor(tenant)
  await clients.save(aClient())
  await users.create(aUser())
  for (const wrong of [0, -40 * day, 40 * day]) {
    const [code, family] = [aCode(), aFamily()]
    await codes.create(code)
    await codes.redeem(code.codeDigest, { family }, noon)
    assert.equal((await refreshFamilies.find(family.familyId))?.rotationAge, undefined)
    await refreshFamilies.rotate(family, { digest: 'next' }, Date.now() + wrong)
    const age = async () => (await refreshFamilies.find(family.familyId))?.rotationAge ?? Number.NaN
    const first = await age()
    assert.ok(first >= 0 && first < hour, `${first}`)
    await database.move(2 * hour) // at once, without anybody having to notice
    assert.ok((await age()) >= 2 * hour)
  }
})
