import type { Database, Query } from './database.ts'
import { groupCommit } from './group-commit.ts'
import { queryBuilder } from './query-builder.ts'
import { sqliteChanges } from './sqlite-changes.ts'
import { openConnection, whenFree } from './sqlite-connection.ts'
import { isBusy, translateOpeningError, translateSqliteError } from './sqlite-errors.ts'
import { migrateSqlite } from './sqlite-migrate.ts'

/** Applies missing migrations. @param path a file, made if it is not there, or `:memory:` */
export async function openSqlite(path: string, now: () => number): Promise<Database> {
  const connection = await openConnection(path).catch((error: unknown) => {
    throw translateOpeningError(error, path)
  })
  try {
    await migrateSqlite(connection, now)
  } catch (error) {
    connection.close()
    throw translateOpeningError(error, path)
  }
  const writer = groupCommit(connection)

  return {
    dialect: 'sqlite',
    now,
    query: queryBuilder('sqlite'),
    async read<T>(query: Query<T>) {
      try {
        return connection.run(query).rows as T[]
      } catch (error) {
        if (!isBusy(error)) throw translateSqliteError(error)
        // Reading waits for nobody, but for the moment in which another process tidies up as it opens or closes the file.
        return (await whenFree(() => connection.run(query))).rows as T[]
      }
    },
    transact: (steps) => writer.transact(steps),
    transactLazily: (steps) => writer.transact(steps, 'lazily'),
    announcement: () => [], // the file itself tells: see sqlite-changes.ts
    changes: path === ':memory:' ? { changed: () => [] } : sqliteChanges(connection),
    async scrub() {
      // The log has what pages were; the file has what they are not yet. While others read, the next checkpoint does it.
      try {
        connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } catch (error) {
        throw translateSqliteError(error)
      }
    },
    exclusively: (task) => task(),
    async close() {
      await writer.finish()
      connection.close()
    },
  }
}
