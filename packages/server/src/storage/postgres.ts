import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { Database, Query, Row, Step } from './database.ts'
import { postgresChanges } from './postgres-changes.ts'
import { postgresClock } from './postgres-clock.ts'
import { isLostRace, translatePostgresError } from './postgres-errors.ts'
import { underPostgresLock } from './postgres-lock.ts'
import { migratePostgres } from './postgres-migrate.ts'
import { connectionOptions, toPostgres } from './postgres-options.ts'
import { queryBuilder } from './query-builder.ts'

const connections = 10
const attempts = 8

/** Applies missing migrations. @param now dates those, and nothing else @param onError hears of connections that die while nobody uses them */
export async function openPostgres(
  url: string,
  now: () => number,
  onError: (error: unknown) => void,
): Promise<Database> {
  await migratePostgres(url, now)
  const pool = new pg.Pool({ ...connectionOptions(url), max: connections })
  // Without listeners, a database that goes away would take this process with it. Connections in use say the same again
  // by rejecting what they were asked.
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', () => {}))

  async function read<T>(query: Query<T>): Promise<T[]> {
    try {
      return (await pool.query<Row>(toPostgres(query))).rows as T[]
    } catch (error) {
      throw translatePostgresError(error)
    }
  }
  async function transact(steps: readonly Step[]) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await execute(pool, steps)
      } catch (error) {
        if (!isLostRace(error) || attempt === attempts) throw translatePostgresError(error)
        await pause(Math.random() * 10 * attempt)
      }
    }
  }
  const clock = postgresClock(() => performance.now())
  const changes = await postgresChanges(url, read, clock, onError)

  return {
    dialect: 'postgres',
    now: clock.now,
    query: queryBuilder('postgres'),
    read,
    transact,
    transactLazily: transact, // the server waits for its disk, not we
    announcement: changes.announcement,
    changes,
    // Dead rows, and the log that replicas and backups read, are PostgreSQL's own: see docs/guide/production.md.
    scrub: async () => {},
    exclusively: (task) => underPostgresLock(url, task),
    async close() {
      await changes.close()
      await pool.end()
    },
  }
}

async function execute(pool: pg.Pool, steps: readonly Step[]): Promise<Row[][] | undefined> {
  const [only] = steps
  if (only && steps.length === 1) {
    const { rows, rowCount } = await pool.query<Row>(toPostgres(only.query))
    return only.required && rowCount === 0 ? undefined : [rows]
  }
  const client = await pool.connect()
  try {
    const results = await transaction(client, steps)
    client.release()
    return results
  } catch (error) {
    client.release(true) // what else was on the wire no longer matters; neither does this connection
    throw error
  }
}

/**
 * Statements are sent without waiting for the answers before them; only a required one is waited for. So redeeming a code,
 * for example, takes two round trips instead of six.
 */
async function transaction(client: pg.PoolClient, steps: readonly Step[]): Promise<Row[][] | undefined> {
  const results: Row[][] = []
  let underWay: Promise<pg.QueryResult<Row>>[] = [client.query('BEGIN')]
  const arrive = async () => {
    const answers = await Promise.all(underWay)
    underWay = []
    return answers
  }
  for (const { query, required } of steps) {
    const place = results.push([]) - 1
    underWay.push(
      client.query<Row>(toPostgres(query)).then((answer) => {
        results[place] = answer.rows
        return answer
      }),
    )
    if (required && (await arrive()).at(-1)?.rowCount === 0) {
      await client.query('ROLLBACK')
      return undefined
    }
  }
  underWay.push(client.query('COMMIT'))
  const commit = (await arrive()).at(-1)
  if (commit?.command !== 'COMMIT') throw new Error('PostgreSQL rolled back what it should have committed')
  return results
}
