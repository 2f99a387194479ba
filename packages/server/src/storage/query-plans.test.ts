import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createSealer } from '#crypto/seal.ts'
import { askForAll, everything, fill } from '../../testing/every-method.ts'
import { noon } from '../../testing/issued.ts'
import { aTenant, postgres, testSecret } from '../../testing/storages.ts'
import { configurationCache } from './configuration-cache.ts'
import type { Database, Query } from './database.ts'
import { logQueue } from './log-queue.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import { storeFactory } from './store-factory.ts'
import { sweep } from './sweep.ts'

/** Every statement that the store can make, each once, as it is sent to the database. */
async function everyStatement(db: Database): Promise<Query[]> {
  const statements = new Map<string, Query>()
  const note = (query: Query) => statements.set(query.sql, query)
  const listening: Database = {
    ...db,
    now: () => noon,
    read(query) {
      note(query)
      return db.read(query)
    },
    transact(steps) {
      for (const { query } of steps) note(query)
      return db.transact(steps)
    },
  }
  const log = logQueue(listening, () => noon, assert.ifError)
  const cache = configurationCache(listening)
  const tenants = storeFactory({ db: listening, cache, sealer: createSealer(testSecret), log })
  const [mine, theirs] = [aTenant(), aTenant()]
  await tenants.create(mine)
  await tenants.create(theirs)
  await tenants.findByDomain(mine.domain)
  await tenants.update(mine)
  const store = tenants.storeFor(mine)
  await fill(store, everything())
  await askForAll(tenants.storeFor(theirs), everything())
  await store.settings.update(mine.settings)
  await store.logs.list({ limit: 10, type: 's' })
  await store.users.setPasswordHash('auth0|x', 'hash', { samePassword: true, replaces: 'other', now: noon })
  await sweep(listening, noon)
  return [...statements.values()].filter(({ sql }) => /^(select|insert|update|delete)/i.test(sql))
}

test('no statement reads a whole table on SQLite', async () => {
  const db = await openSqlite(':memory:', () => noon)
  const statements = await everyStatement(db)
  assert.ok(statements.length > 60, `${statements.length} statements`)
  for (const { sql, parameters } of statements) {
    const plan = await db.read<{ detail: string }>({ sql: `EXPLAIN QUERY PLAN ${sql}`, parameters })
    const scans = plan.filter(({ detail }) => detail.startsWith('SCAN') && detail !== 'SCAN CONSTANT ROW')
    assert.deepEqual(scans, [], sql)
  }
  await db.close()
})

test('no statement needs to read a whole table on PostgreSQL', async () => {
  const { url } = await postgres.make()
  const db = await openPostgres(url, () => noon, assert.ifError)
  const statements = await everyStatement(db)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // It may still choose to while a table is small; what counts is that there is another way.
  await client.query('SET enable_seqscan = off')
  for (const { sql, parameters } of statements) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...parameters])
    const scans = rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('Seq Scan'))
    assert.deepEqual(scans, [], sql)
  }
  await client.end()
  await db.close()
})
