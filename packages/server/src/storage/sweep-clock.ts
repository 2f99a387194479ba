import type { Database } from './database.ts'
import type { Schema } from './schema.ts'
import { type Param, prepare } from './statement.ts'

const hour = 3_600_000
const day = 24 * hour

/**
 * How far a clock may be off without anything being lost: the sweep leaves what can be lived in for as long after its end. It is
 * also how long a clock that jumped must go on steadily before it is believed.
 */
export const tolerance = day

/** All that is remembered of the clock, for every process on this database and across restarts. Epoch milliseconds. */
export interface SweepMark {
  /** When the clock was last believed. */
  believedAt: number
  /** When it was last looked at. */
  lookedAt: number
  /** Milliseconds it has gone on steadily since it jumped. */
  waited: number
}

/**
 * A sweep cannot be undone: one by a clock that is 40 days ahead would end every session and every family. So a jump, of either
 * direction, makes it wait. A clock that was set right again is believed at once; one that stays where it is, after it has gone on
 * for a day: a server that was off for long sweeps again, and a wrong clock has been in the log for a day by then. What this process
 * itself has seen pass is no jump, however long it could not look.
 * @param ran milliseconds that this process knows to have passed since it last looked, by its monotonic clock
 */
export function judgeClock(mark: SweepMark, now: number, ran: number): SweepMark {
  const believed = { believedAt: now, lookedAt: now, waited: 0 }
  if (Math.abs(now - mark.believedAt) <= tolerance) return believed
  const step = now - mark.lookedAt
  const steady = step >= 0 && step <= tolerance + ran
  // Several processes may look in turn: what passed for none of them has not passed.
  const waited = steady ? mark.waited + Math.min(step, ran) : 0
  return waited >= tolerance ? believed : { ...mark, lookedAt: now, waited }
}

/** @param uptime a monotonic clock @param onDoubt hears once an hour why nothing is swept */
export function sweepClock(db: Database, uptime: () => number, onDoubt: (doubt: Error) => void) {
  const read = prepare(db, (query) => query.selectFrom('sweep_mark').selectAll())
  const write = prepare(db, (query, param: Param<Omit<Schema['sweep_mark'], 'id'>>) =>
    query
      .insertInto('sweep_mark')
      .values({
        id: 1,
        believed_at: param('believed_at'),
        looked_at: param('looked_at'),
        waited: param('waited'),
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          believed_at: eb.ref('excluded.believed_at'),
          looked_at: eb.ref('excluded.looked_at'),
          waited: eb.ref('excluded.waited'),
        })),
      ),
  )
  let lookedAt = uptime()
  let toldAt = Number.NEGATIVE_INFINITY

  function tell(now: number, { believedAt }: SweepMark) {
    if (uptime() - toldAt < hour) return
    toldAt = uptime()
    onDoubt(
      new Error(
        `The clock says ${new Date(now).toISOString()}, but the last sweep was at ${new Date(believedAt).toISOString()}. ` +
          'Nothing is deleted until the clock is right again, or has gone on from here for a day.',
      ),
    )
  }

  return {
    /** Whether what has expired at `now` may be deleted. */
    async believes(now: number): Promise<boolean> {
      const looking = uptime()
      const [row] = await db.read(read({}))
      const mark = row
        ? { believedAt: row.believed_at, lookedAt: row.looked_at, waited: row.waited }
        : { believedAt: now, lookedAt: now, waited: 0 }
      const judged = judgeClock(mark, now, looking - lookedAt)
      const { believedAt, waited } = judged
      await db.transactLazily([{ query: write({ believed_at: believedAt, looked_at: now, waited }) }])
      lookedAt = looking
      const believed = believedAt === now
      if (!believed) tell(now, mark)
      return believed
    },
  }
}
