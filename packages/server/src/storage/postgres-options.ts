import pg from 'pg'
import type { Query } from './database.ts'

const bigint = 20

/** Counts and epoch milliseconds are far below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === bigint ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** Times in milliseconds. A database that hangs must become an error while somebody still waits for the answer. */
export function connectionOptions(url: string) {
  return {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    query_timeout: 12_000, // for a server that does not even answer that it gave up
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    application_name: 'keywright',
    // A success is told only after it is durable (SEC-328), whatever the server's default.
    options: '-c synchronous_commit=on -c default_transaction_isolation=read\\ committed',
    pipeline: true,
    types,
  }
}

/** PostgreSQL's text cannot hold U+0000, SQLite's can: here it becomes the character that stands for garbage. */
export function toPostgres({ sql, parameters, name }: Query): pg.QueryConfig {
  const values = parameters.map((value) =>
    typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value,
  )
  return name === undefined ? { text: sql, values } : { text: sql, values, name }
}
