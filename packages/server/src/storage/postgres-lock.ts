import pg from 'pg'
import { translatePostgresError } from './postgres-errors.ts'
import { connectionOptions } from './postgres-options.ts'

/** Any number, as long as it is ours and stays the same; not that of the migrations. */
const lock = '7205759404'

/** Runs the task while no other process does. The lock belongs to a connection, so it dies with a process that is killed. */
export async function underPostgresLock<T>(url: string, task: () => Promise<T>): Promise<T> {
  // No time limits: another process may be seeding thousands of users.
  const client = new pg.Client({ ...connectionOptions(url), statement_timeout: 0, query_timeout: 0 })
  client.on('error', () => {}) // the statement under way rejects, too
  try {
    await client.connect()
    await client.query(`SELECT pg_advisory_lock(${lock})`)
  } catch (error) {
    await client.end().catch(() => {})
    throw translatePostgresError(error)
  }
  try {
    return await task()
  } finally {
    await client.end().catch(() => {})
  }
}
