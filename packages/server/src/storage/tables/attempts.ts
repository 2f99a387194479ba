import type { Sealer } from '#crypto/seal.ts'
import type { Database, Step } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import type { AttemptStore } from '../store.ts'

type Count = { tenantId: string; key: string; now: number; windowEndsAt: number }

/**
 * Keys hold addresses and names of people – and passwords, when somebody types one into the wrong field – as long as anybody likes
 * to type them. Keyed digests are kept instead: whoever reads the database cannot try words against them.
 */
export function attemptTable(db: Database, sealer: Sealer) {
  const digest = (key: string) => sealer.mac(key, 'attempt')
  const count = prepare(db, (query, param: Param<Count>) =>
    query
      .insertInto('attempts')
      .values({
        tenant_id: param('tenantId'),
        attempt_key: param('key'),
        attempt_count: 1,
        window_ends_at: param('windowEndsAt'),
      })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'attempt_key']).doUpdateSet((eb) => ({
          attempt_count: eb
            .case()
            .when('attempts.window_ends_at', '<=', param('now'))
            .then(eb.lit(1))
            .else(eb('attempts.attempt_count', '+', 1))
            .end(),
          // A window never reaches further than a new one would, even if the clock was set back (SEC-331).
          window_ends_at: eb
            .case()
            .when('attempts.window_ends_at', '<=', param('now'))
            .then(eb.ref('excluded.window_ends_at'))
            .when('attempts.window_ends_at', '>', eb.ref('excluded.window_ends_at'))
            .then(eb.ref('excluded.window_ends_at'))
            .else(eb.ref('attempts.window_ends_at'))
            .end(),
        })),
      )
      .returning('attempt_count'),
  )
  const read = prepare(db, (query, param: Param<{ tenantId: string; key: string; now: number }>) =>
    query
      .selectFrom('attempts')
      .select('attempt_count')
      .where('tenant_id', '=', param('tenantId'))
      .where('attempt_key', '=', param('key'))
      .where('window_ends_at', '>', param('now')),
  )
  const takeBack = prepare(db, (query, param: Param<{ tenantId: string; key: string }>) =>
    query
      .updateTable('attempts')
      .set((eb) => ({ attempt_count: eb('attempt_count', '-', 1) }))
      .where('tenant_id', '=', param('tenantId'))
      .where('attempt_key', '=', param('key'))
      .where('attempt_count', '>', 0),
  )
  const clear = prepare(db, (query, param: Param<{ tenantId: string; key: string }>) =>
    query.deleteFrom('attempts').where('tenant_id', '=', param('tenantId')).where('attempt_key', '=', param('key')),
  )

  return (tenantId: string): AttemptStore => ({
    async count(key, now, windowMs) {
      const query = count({ tenantId, key: digest(key), now, windowEndsAt: now + windowMs })
      const results = await db.transact([{ query }])
      return Number(results?.[0]?.[0]?.attempt_count)
    },
    async countAll(keys, now) {
      const steps = keys.map(({ key, windowMs }) => ({
        query: count({ tenantId, key: digest(key), now, windowEndsAt: now + windowMs }),
      }))
      return ((await db.transact(steps)) ?? []).map(([row]) => Number(row?.attempt_count))
    },
    async read(key, now) {
      const [row] = await db.read(read({ tenantId, key: digest(key), now }))
      return row?.attempt_count ?? 0
    },
    async takeBack(keys, clears) {
      const steps: Step[] = keys.map((key) => ({ query: takeBack({ tenantId, key: digest(key) }) }))
      if (clears !== undefined) steps.unshift({ query: clear({ tenantId, key: digest(clears) }) })
      await db.transact(steps)
    },
    async clear(key) {
      await db.transact([{ query: clear({ tenantId, key: digest(key) }) }])
    },
  })
}
