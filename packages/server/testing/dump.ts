import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'

export type Dump = Record<string, Record<string, unknown>[]>

/** Every row of every table, as a stranger who got hold of the database sees them. */
export async function dump(url: string): Promise<Dump> {
  return url.startsWith('sqlite:') ? dumpSqlite(url.slice('sqlite:'.length)) : dumpPostgres(url)
}

/** Those that belong to one tenant, in an order that does not change. */
export async function rowsOf(tenantId: string, url: string): Promise<string[]> {
  return Object.entries(await dump(url))
    .flatMap(([table, rows]) => rows.map((row) => ({ table, row })))
    .filter(({ row }) => row.tenant_id === tenantId)
    .map((entry) => JSON.stringify(entry))
    .sort()
}

function dumpSqlite(path: string): Dump {
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).all()
    return Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`SELECT * FROM ${String(name)}`).all()]))
  } finally {
    db.close()
  }
}

async function dumpPostgres(url: string): Promise<Dump> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    )
    const result: Dump = {}
    for (const { name } of tables.rows) result[name] = (await client.query(`SELECT * FROM ${name}`)).rows
    return result
  } finally {
    await client.end()
  }
}
