import { migrations, pendingMigrations } from './migrations/index.ts'
import { type SqliteConnection, whenFree } from './sqlite-connection.ts'

/** Of several processes that start at once, one migrates and the others then find it done. */
export function migrateSqlite(connection: SqliteConnection, now: () => number): Promise<void> {
  return whenFree(() => {
    connection.exec('BEGIN IMMEDIATE')
    try {
      connection.exec(
        `CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)`,
      )
      for (const { name, statements } of pendingMigrations(appliedTo(connection), migrations)) {
        for (const sql of statements('sqlite')) connection.exec(sql)
        connection.run({ sql: 'INSERT INTO migrations (name, applied_at) VALUES (?, ?)', parameters: [name, now()] })
      }
      connection.exec('COMMIT')
    } catch (error) {
      if (connection.inTransaction) connection.exec('ROLLBACK')
      throw error
    }
  })
}

function appliedTo(connection: SqliteConnection): string[] {
  const { rows } = connection.run({ sql: 'SELECT name FROM migrations', parameters: [] })
  return rows.map(({ name }) => String(name))
}
