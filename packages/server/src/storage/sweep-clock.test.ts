import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, aUser } from '../../testing/builders.ts'
import { databaseWithClock } from '../../testing/database-clock.ts'
import { aCode, aFamily, aSession, day, hour, minute, noon, unique } from '../../testing/issued.ts'
import { onEach, openForTest, sharedPlaces } from '../../testing/storages.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Storage, Store } from './store.ts'
import { judgeClock } from './sweep-clock.ts'

onEach(sharedPlaces, (bench) => {
  /** A process whose clocks the test moves: what it sweeps, and what it complains of. */
  async function aProcess() {
    const complaints: string[] = []
    const time = { now: noon, uptime: 0 }
    const storage = await openForTest(bench.url, (error) => complaints.push((error as Error).message), {
      uptime: () => time.uptime,
    })
    return {
      storage,
      complaints,
      pass(milliseconds: number) {
        time.now += milliseconds
        time.uptime += milliseconds
      },
      jump(milliseconds: number) {
        time.now += milliseconds
      },
      sweep: () => storage.sweep(time.now),
      /** Every ten minutes. */
      async sweepFor(milliseconds: number) {
        let total = 0
        for (let passed = 0; passed < milliseconds; passed += 10 * minute) {
          time.now += 10 * minute
          time.uptime += 10 * minute
          total += await storage.sweep(time.now)
        }
        return total
      },
    }
  }

  /** The mark is that of the whole database: each test begins with a clock that has just been believed. */
  async function believe() {
    const db = await openDirectly()
    const sql = `INSERT INTO sweep_mark VALUES (1, ${noon}, ${noon}, 0)
      ON CONFLICT (id) DO UPDATE SET believed_at = ${noon}, looked_at = ${noon}, waited = 0`
    await db.transact([{ query: { sql, parameters: [] } }])
    await db.close()
  }
  const openDirectly = () =>
    bench.url.startsWith('sqlite:')
      ? openSqlite(bench.url.slice('sqlite:'.length), Date.now)
      : openPostgres(bench.url, Date.now, assert.ifError)

  /** A session and a family that will have ended in a month. */
  async function lives(): Promise<{ store: Store; alive(): Promise<boolean> }> {
    const store = await bench.store()
    await store.clients.save(aClient())
    await store.users.create(aUser())
    const [session, family, code] = [aSession(), aFamily(), aCode()]
    await store.sessions.open(session, { main: unique(), silent: unique() })
    await store.codes.create(code)
    await store.codes.redeem(code.codeDigest, { family }, noon)
    const alive = async () =>
      (await store.sessions.find(session.sid)) !== undefined &&
      (await store.refreshFamilies.find(family.familyId)) !== undefined
    return { store, alive }
  }

  for (const [direction, jump] of Object.entries({ ahead: 40 * day, back: -40 * day }))
    test(`SEC-331 a clock that jumps 40 days ${direction} deletes nothing, is told of hourly, and believed once it is right again`, async (t) => {
      await believe()
      const { alive } = await lives()
      const one = await aProcess()
      t.after(() => one.storage.close())
      one.jump(jump)
      assert.equal(await one.sweepFor(2 * hour), 0)
      assert.ok(await alive())
      assert.equal(one.complaints.length, 2)
      assert.match(
        one.complaints[0] ?? '',
        /^The clock says 2026-\d\d-\d\dT.*, but the last sweep was at 2026-06-01T12/,
      )
      one.jump(-jump)
      assert.equal(await one.sweep(), 0)
      assert.ok(await alive())
      assert.equal(one.complaints.length, 2)
      one.pass(40 * day)
      assert.ok((await one.sweep()) >= 2, 'and time that has passed is no jump, however long nobody swept')
      assert.equal(await alive(), false)
    })

  test('SEC-331 after a long downtime the sweep waits for a day of running, restarts and all, and then goes on', async (t) => {
    await believe()
    const { alive } = await lives()
    for (const hours of [8, 10]) {
      const process = await aProcess()
      process.jump((hours === 8 ? 40 : 40.5) * day)
      const swept = await process.sweepFor(hours * hour)
      await process.storage.close()
      assert.equal(swept, 0)
    }
    assert.ok(await alive())
    const last = await aProcess()
    t.after(() => last.storage.close())
    last.jump(41 * day)
    assert.equal(await last.sweepFor(5 * hour), 0)
    assert.ok((await last.sweepFor(2 * hour)) >= 2)
    assert.equal(await alive(), false)
    assert.equal(last.complaints.length, 6)
  })

  test('SEC-331 a clock that is set back for good is believed after a day, too, and one that goes on jumping never', async (t) => {
    await believe()
    await lives()
    const one = await aProcess()
    t.after(() => one.storage.close())
    one.jump(-40 * day)
    await one.sweepFor(day + hour)
    const told = one.complaints.length
    await one.sweepFor(2 * hour)
    assert.equal(one.complaints.length, told)
    for (let jumps = 0; jumps < 8; jumps++) {
      one.jump(40 * day)
      assert.equal(await one.sweepFor(6 * hour), 0)
    }
  })

  test('SEC-331 ten processes wait as long as one', async (t) => {
    await believe()
    const { alive } = await lives()
    const processes = await Promise.all(Array.from({ length: 10 }, aProcess))
    t.after(() => Promise.all(processes.map(({ storage }) => storage.close())))
    for (const one of processes) one.jump(40 * day)
    for (let passed = 0; passed < day - hour; passed += 10 * minute)
      for (const one of processes) {
        one.pass(10 * minute)
        assert.equal(await one.sweep(), 0)
      }
    assert.ok(await alive())
  })

  test('SEC-331 the first sweep after the update that brought this in is compared with the newest log event', async (t) => {
    const { store, alive } = await lives()
    store.logs.append({ logId: unique(), date: noon, type: 's' })
    await store.logs.flush()
    const db = await openDirectly()
    for (const sql of ['DROP TABLE sweep_mark', `DELETE FROM migrations WHERE name = '0007-sweep-mark'`])
      await db.transact([{ query: { sql, parameters: [] } }])
    await db.close()
    const one = await aProcess()
    t.after(() => one.storage.close())
    one.jump(40 * day)
    assert.equal(await one.sweep(), 0)
    assert.ok(await alive())
    assert.equal(one.complaints.length, 1)
  })
})

test('SEC-331 a database whose own clock is set 40 days ahead loses nothing by it', async (t) => {
  const database = await databaseWithClock()
  const complaints: unknown[] = []
  const storage: Storage = await openForTest(database.url, (error) => complaints.push(error))
  t.after(() => storage.close())
  const sweep = () => storage.sweep(storage.now())
  assert.equal(await sweep(), 0)
  await database.move(40 * day, storage)
  assert.equal(await sweep(), 0)
  assert.equal(complaints.length, 1)
  await database.move(-40 * day, storage)
  await sweep()
  assert.equal(complaints.length, 1)
})

test('SEC-331 less than a day is no jump, and what a process has seen pass is none either', () => {
  const mark = { believedAt: noon, lookedAt: noon, waited: 0 }
  const believes = (now: number, ran: number) => judgeClock(mark, now, ran).believedAt === now
  for (const gap of [0, minute, day, -minute, -day]) assert.ok(believes(noon + gap, minute), `${gap}`)
  for (const gap of [day + minute + 1, -day - 1, 400 * day]) assert.ok(!believes(noon + gap, minute), `${gap}`)
  assert.ok(believes(noon + 40 * day, 40 * day))
  assert.ok(!believes(noon - 40 * day, 40 * day))
})
