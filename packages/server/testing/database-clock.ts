import { setImmediate as nextTurn } from 'node:timers/promises'
import pg from 'pg'
import type { Storage } from '#storage/store.ts'
import { freshDatabase } from './postgres.ts'

/** Milliseconds. A storage looks once a second. */
const patience = 20_000

export interface DatabaseClock {
  url: string
  /** Sets the clock of the whole database, forwards or back, and waits until the storages have noticed by themselves. */
  move(milliseconds: number, ...noticing: Pick<Storage, 'now'>[]): Promise<void>
}

/** An empty PostgreSQL database whose clock the test moves: its own `clock_timestamp` is found before PostgreSQL's. */
export async function databaseWithClock(): Promise<DatabaseClock> {
  const url = await freshDatabase()
  const name = new URL(url).pathname.slice(1)
  await run(
    url,
    `CREATE SCHEMA moved; CREATE TABLE moved.clock (ahead INTERVAL NOT NULL); INSERT INTO moved.clock VALUES ('0');
    CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
      AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM moved.clock';
    ALTER DATABASE ${name} SET search_path = public, moved, pg_catalog`,
  )
  return {
    url,
    async move(milliseconds, ...noticing) {
      const before = noticing.map((storage) => storage.now())
      await run(
        url,
        `UPDATE moved.clock SET ahead = ahead + INTERVAL '${milliseconds} milliseconds'; NOTIFY keywright_configuration`,
      )
      for (const [index, storage] of noticing.entries()) {
        const expected = (before[index] ?? 0) + milliseconds
        const begun = performance.now()
        while (Math.abs(storage.now() - expected) > Math.abs(milliseconds) / 2) {
          if (performance.now() - begun > patience) throw new Error('the storage does not go by its database’s clock')
          await nextTurn()
        }
      }
    },
  }
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
