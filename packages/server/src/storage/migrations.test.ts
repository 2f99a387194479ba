import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '#errors.ts'
import { onEach, openForTest, sharedPlaces } from '../../testing/storages.ts'
import { pendingMigrations } from './migrations/index.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

test('only what is missing is applied, in order', () => {
  const known = ['0001-a', '0002-b', '0003-c'].map((name) => ({ name, statements: () => [] }))
  assert.deepEqual(
    pendingMigrations(['0001-a'], known).map(({ name }) => name),
    ['0002-b', '0003-c'],
  )
  assert.deepEqual(pendingMigrations(['0001-a', '0002-b', '0003-c'], known), [])
})

onEach(sharedPlaces, (bench) => {
  test('SEC-333: what is stored survives a restart', async () => {
    const tenant = await bench.tenant()
    const again = await openForTest(bench.url)
    assert.deepEqual(await again.tenants.findByDomain(tenant.domain), tenant)
    await again.check()
    await again.close()
  })

  test('a database that a newer version has used is left alone, with a sentence that says why', async () => {
    await bench.storage.check()
    const db = bench.url.startsWith('sqlite:')
      ? await openSqlite(bench.url.slice('sqlite:'.length), Date.now)
      : await openPostgres(bench.url, Date.now, assert.ifError)
    const sql = `INSERT INTO migrations (name, applied_at) VALUES ('9999-future', 1)`
    await db.transact([{ query: { sql, parameters: [] } }])
    await db.close()
    const refusal = (error: unknown) =>
      error instanceof StartError && /newer version.*"9999-future"/.test(error.message)
    await assert.rejects(openForTest(bench.url), refusal)
    await assert.rejects(bench.storage.check(), refusal)
  })
})

test('what is no database URL stops the start with a sentence', async () => {
  await assert.rejects(openForTest('mysql://localhost/keywright'), StartError)
  await assert.rejects(openForTest('sqlite:/dev/null/keywright.db'), StartError)
})
