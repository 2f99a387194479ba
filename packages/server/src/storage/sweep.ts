import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Query } from './database.ts'
import type { Schema } from './schema.ts'
import { tolerance } from './sweep-clock.ts'

const hour = 3_600_000
const day = 24 * hour
const batchSize = 500

/**
 * What somebody lives in stays a day after its end: a clock that is less wrong than that loses nothing. Codes and families, moreover,
 * so that a replay is still recognised as one.
 */
export const afterlife = tolerance
/** A revoked family stays longer: whoever comes with a stolen token late should be noticed (SEC-119). */
const revokedAfterlife = 30 * day
const logRetention = 30 * day

/**
 * Deletes what nobody can use any more, a few rows per commit, letting others in between; resolves to how many rows.
 * @param now a time that is to be believed: `sweep-clock.ts` says whether
 */
export async function sweep(db: Database, now: number): Promise<number> {
  const plan = [
    expired(db, 'interactions', 'id_digest', 'expires_at', now),
    expired(db, 'authorization_codes', 'code_digest', 'expires_at', now - afterlife),
    expired(db, 'sessions', 'sid', 'idle_expires_at', now - afterlife),
    expired(db, 'opaque_access_tokens', 'token_digest', 'expires_at', now - afterlife),
    expired(db, 'revocations', 'id', 'expires_at', now - afterlife),
    expired(db, 'attempts', 'attempt_key', 'window_ends_at', now),
    expired(db, 'log_events', 'log_id', 'date', now - logRetention),
    expired(db, 'refresh_families', 'family_id', 'idle_expires_at', now - afterlife),
    expired(db, 'refresh_families', 'family_id', 'expires_at', now - afterlife, 'idle_expires_at'),
    expired(db, 'refresh_families', 'family_id', 'revoked_at', now - revokedAfterlife),
  ]
  let total = 0
  for (const query of plan) total += await deleteAll(db, query)
  return total
}

async function deleteAll(db: Database, query: Query): Promise<number> {
  let total = 0
  for (;;) {
    const [deleted = []] = (await db.transact([{ query }])) ?? []
    total += deleted.length
    if (deleted.length < batchSize) return total
    await nextTurn()
  }
}

/** @param unset a column that must be NULL for the index on `column` to have the row */
function expired<T extends keyof Schema>(
  db: Database,
  table: T,
  key: keyof Schema[T] & string,
  column: keyof Schema[T] & string,
  before: number,
  unset?: keyof Schema[T] & string,
): Query {
  const { ref } = db.query.dynamic
  let rows = db.query
    .selectFrom(table as 'sessions')
    .select(['tenant_id', ref<'sid'>(key)])
    .where(ref(column), '<=', before)
    .orderBy(ref(column))
    .limit(batchSize)
  if (unset) rows = rows.where(ref(unset), 'is', null)
  // Several processes may sweep at once: they take different rows instead of waiting for each other.
  if (db.dialect === 'postgres') rows = rows.forUpdate().skipLocked()
  return db.query
    .deleteFrom(table as 'sessions')
    .where(({ eb, refTuple }) =>
      eb(refTuple('tenant_id', key as 'sid'), 'in', rows.$asTuple('tenant_id', key as 'sid' as never) as never),
    )
    .returning('tenant_id')
    .compile()
}
