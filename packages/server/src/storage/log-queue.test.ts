import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noon } from '../../testing/issued.ts'
import { StorageUnavailable } from './database.ts'
import { logQueue } from './log-queue.ts'
import { openSqlite } from './sqlite.ts'

/** A queue before a database that can be away. */
async function aQueue() {
  const db = await openSqlite(':memory:', () => noon)
  const errors: unknown[] = []
  const state = { away: false }
  const queue = logQueue(
    {
      ...db,
      transactLazily: (steps) =>
        state.away ? Promise.reject(new StorageUnavailable('away')) : db.transactLazily(steps),
    },
    () => noon,
    (error) => errors.push(error),
  )
  const stored = async (tenantId = 't') => {
    const sql = 'SELECT document FROM log_events WHERE tenant_id = ?'
    const rows = await db.read<{ document: string }>({ sql, parameters: [tenantId] })
    return rows.map(({ document }) => JSON.parse(document) as { logId: string; description?: string })
  }
  const append = (from: number, to: number, tenantId = 't') => {
    for (let id = from; id < to; id++) queue.append(tenantId, { logId: `${id}`, date: noon, type: 's' })
  }
  return { ...queue, append, stored, errors, state }
}

test('events of every number arrive, each once', async () => {
  const { append, flush, stored } = await aQueue()
  append(0, 1)
  await flush()
  append(1, 700)
  append(0, 3, 'other')
  await flush()
  assert.deepEqual(new Set((await stored()).map(({ logId }) => logId)).size, 700)
  assert.equal((await stored('other')).length, 3)
})

test('events wait while the database is away; beyond a bound they are counted and the tenant is told', async () => {
  const { append, flush, stored, errors, state } = await aQueue()
  state.away = true
  const fits = Math.ceil(8_388_608 / (JSON.stringify({ logId: '10000', date: noon, type: 's' }).length + 200))
  append(10_000, 10_000 + fits + 10)
  append(0, 3, 'other')
  await flush()
  assert.ok(errors.every((error) => error instanceof StorageUnavailable) && errors.length > 0)
  assert.equal((await stored()).length, 0)
  state.away = false
  await flush()
  const events = await stored()
  assert.equal(events.length, fits + 1)
  assert.equal((await stored('other')).length, 3, 'a flood at one tenant silences no other')
  assert.match(
    events.find(({ logId }) => logId.startsWith('dropped'))?.description ?? '',
    /^10 log events were dropped/,
  )
})
