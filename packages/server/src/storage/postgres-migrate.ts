import pg from 'pg'
import { StartError } from '#errors.ts'
import { migrations, pendingMigrations } from './migrations/index.ts'
import { translatePostgresError } from './postgres-errors.ts'
import { connectionOptions } from './postgres-options.ts'

/** Any number, as long as it is ours and stays the same. */
const lock = '7205759403'

/**
 * All in one transaction, so that a failed migration leaves nothing behind, and under a lock, so that of several processes
 * that start at once one migrates and the others then find it done.
 */
export async function migratePostgres(url: string, now: () => number): Promise<void> {
  // No time limits: another process may be at a long migration.
  const client = new pg.Client({ ...connectionOptions(url), statement_timeout: 0, query_timeout: 0 })
  client.on('error', () => {}) // the statement under way rejects, too
  try {
    await client.connect()
    await client.query('BEGIN')
    await client.query(`SELECT pg_advisory_xact_lock(${lock})`)
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)',
    )
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations')
    for (const { name, statements } of pendingMigrations(
      rows.map((row) => row.name),
      migrations,
    )) {
      for (const sql of statements('postgres')) await client.query(sql)
      await client.query('INSERT INTO migrations (name, applied_at) VALUES ($1, $2)', [name, now()])
    }
    await client.query('COMMIT')
  } catch (error) {
    throw error instanceof StartError ? error : translatePostgresError(error)
  } finally {
    await client.end().catch(() => {})
  }
}
