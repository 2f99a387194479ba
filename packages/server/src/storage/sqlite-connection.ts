import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { StartError } from '#errors.ts'
import type { Query, Row } from './database.ts'
import { isBusy } from './sqlite-errors.ts'

export interface SqliteConnection {
  run(query: Query): { rows: Row[]; changes: number }
  exec(sql: string): void
  readonly inTransaction: boolean
  close(): void
}

/** More than we have; only statements with lists of varying length could go beyond. */
const rememberedStatements = 500

/** Milliseconds that SQLite itself waits, and blocks us, for another process. Longer waiting is done without blocking. */
const busyTimeout = 100

export async function openConnection(path: string): Promise<SqliteConnection> {
  if (path !== ':memory:') makePrivateFile(path)
  const db = new DatabaseSync(path, { timeout: busyTimeout, enableForeignKeyConstraints: true })
  try {
    // Changing to WAL takes the whole file, and several processes may start at once.
    if (path !== ':memory:') await whenFree(() => db.exec('PRAGMA journal_mode = WAL'))
    // FULL: the power may go out right after we have said yes (SEC-328).
    db.exec('PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768')
    // Deleted keys, digests and hashes are overwritten instead of lying in free pages.
    db.exec('PRAGMA secure_delete = ON')
    db.exec('PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF')
    // Digests land on random pages: the longer a page waits in the log, the more of its changes share one write (16 MB).
    db.exec('PRAGMA wal_autocheckpoint = 4000')
  } catch (error) {
    db.close()
    throw error
  }
  return connectionOn(db)
}

function connectionOn(db: DatabaseSync): SqliteConnection {
  const statements = new Map<string, { statement: StatementSync; returns: boolean }>()

  function prepared(sql: string) {
    const known = statements.get(sql)
    if (known) return known
    if (statements.size >= rememberedStatements) {
      for (const oldest of statements.keys()) {
        statements.delete(oldest)
        break
      }
    }
    const statement = db.prepare(sql)
    const made = { statement, returns: statement.columns().length > 0 }
    statements.set(sql, made)
    return made
  }

  return {
    run({ sql, parameters }) {
      const { statement, returns } = prepared(sql)
      const values = parameters as SQLInputValue[]
      if (!returns) return { rows: [], changes: Number(statement.run(...values).changes) }
      const rows = statement.all(...values) as Row[]
      return { rows, changes: rows.length }
    },
    exec: (sql) => db.exec(sql),
    get inTransaction() {
      return db.isTransaction
    },
    close: () => db.close(),
  }
}

/** Runs it as soon as no other process stands in the way. @throws what SQLite says if that takes more than 15 seconds */
export async function whenFree<T>(run: () => T): Promise<T> {
  const deadline = performance.now() + 15_000
  for (;;) {
    try {
      return run()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      await pause(5 + Math.random() * 20)
    }
  }
}

/** Whoever can read the file can impersonate sessions offline at leisure; SQLite gives its side files the same mode. */
function makePrivateFile(path: string) {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
  } catch (cause) {
    throw new StartError(`The database file ${path} cannot be opened: ${(cause as Error).message}`, { cause })
  }
}
