import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, aUser, sample } from '../../testing/builders.ts'
import {
  aCode,
  aFamily,
  anInteraction,
  anOpaqueToken,
  aSession,
  day,
  hour,
  minute,
  noon,
  unique,
} from '../../testing/issued.ts'
import { everyPlace, onEach, openForTest } from '../../testing/storages.ts'

onEach(everyPlace, (bench) => {
  async function withAda() {
    const store = await bench.store()
    await store.clients.save(aClient())
    await store.users.create(aUser())
    return store
  }

  let swept = noon
  /** As a server does it that runs all the time. */
  async function sweepAt(now: number): Promise<number> {
    let total = 0
    do {
      swept = Math.min(now, swept + day)
      total += await bench.storage.sweep(swept)
    } while (swept < now)
    return total
  }

  test('SEC-298: everything that expires is swept, and not before its time', async () => {
    const store = await withAda()
    await sweepAt(noon)
    const code = aCode()
    const interaction = anInteraction()
    const session = aSession()
    const accessToken = anOpaqueToken()
    const idle = aFamily({ idleExpiresAt: noon + day, expiresAt: noon + 90 * day })
    const absolute = aFamily({ idleExpiresAt: undefined, expiresAt: noon + 2 * day })
    const endless = aFamily({ idleExpiresAt: undefined, expiresAt: undefined })
    const revoked = aFamily({ idleExpiresAt: undefined, expiresAt: undefined, revokedAt: noon })
    await store.interactions.create(interaction)
    await store.sessions.open(session, { main: unique(), silent: unique() })
    await store.codes.create(code)
    await store.codes.redeem(code.codeDigest, { accessToken }, noon)
    for (const family of [idle, absolute, endless, revoked]) {
      const carrier = aCode({ expiresAt: noon + 40 * day })
      await store.codes.create(carrier)
      await store.codes.redeem(carrier.codeDigest, { family }, noon)
    }
    await store.attempts.count('key', noon, minute)
    store.logs.append({ logId: unique(), date: noon, type: 's' })
    await store.logs.flush()

    assert.equal(await sweepAt(noon + minute - 1), 0)
    assert.equal(await sweepAt(noon + minute), 1, 'the attempts')
    assert.equal(await sweepAt(noon + hour), 1, 'the interaction')
    assert.ok(
      await store.sessions.find(session.sid),
      'a session that has ended is kept for a day, should the clock be wrong',
    )
    assert.equal(await sweepAt(noon + day), 0)
    assert.ok(await store.codes.find(code.codeDigest), 'a spent code is remembered for a day')
    assert.equal(await sweepAt(noon + day + minute), 1, 'the code')
    assert.equal(await store.codes.find(code.codeDigest), undefined)
    assert.equal(await sweepAt(noon + day + hour), 1, 'the session')
    assert.equal(await store.sessions.find(session.sid), undefined)
    assert.equal(await sweepAt(noon + 2 * day), 2, 'the opaque token and the idle family')
    assert.equal(await sweepAt(noon + 3 * day), 1, 'the family at its absolute end')
    assert.equal(await sweepAt(noon + 30 * day), 2, 'the revoked family and the log')
    assert.equal(await store.refreshFamilies.find(revoked.familyId), undefined)
    assert.equal(await sweepAt(noon + 40 * day), 0)
    assert.ok(await store.refreshFamilies.find(endless.familyId))
  })

  test('a sweep of many rows lets others write in between', async () => {
    const store = await withAda()
    await sweepAt(noon + 50 * day)
    await Promise.all(Array.from({ length: 1700 }, () => store.interactions.create(anInteraction())))
    let done = false
    const sweeping = sweepAt(noon + 50 * day).finally(() => {
      done = true
    })
    let between = 0
    while (!done) {
      await store.attempts.count('other', noon + 50 * day, day)
      between++
    }
    assert.equal(await sweeping, 1700)
    assert.ok(between >= 3, `${between} writes`)
  })
})

onEach(
  everyPlace.filter(({ name }) => name !== 'SQLite in memory'),
  (bench) => {
    test('processes that sweep at once share the work', async () => {
      const store = await bench.store()
      await Promise.all(Array.from({ length: 1200 }, () => store.interactions.create(anInteraction())))
      const other = await openForTest(bench.url)
      const swept = await Promise.all([bench.storage.sweep(noon + hour), other.sweep(noon + hour)])
      assert.equal(swept[0] + swept[1], 1200)
      assert.equal(await store.users.find(sample.userId), undefined)
      await other.close()
    })
  },
)
