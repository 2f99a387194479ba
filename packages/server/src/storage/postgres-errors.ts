import pg from 'pg'
import { StorageConflict, StorageUnavailable } from './database.ts'

/** Serialization failure and deadlock (PostgreSQL manual, appendix A): the same transaction may succeed in a moment. */
export const isLostRace = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01')

/** Classes of codes that blame the server's state and not the statement. */
const unavailable = [
  '08', // connection
  '25006', // read-only: it has become a standby
  '28', // our login is not accepted any more
  '3D', // the database is not there any more
  '40', // lost races, once we have given up
  '53', // out of disk, memory or connections
  '55', // closed for connections; waited too long for a lock
  '57', // shut down, starting up, cancelled by a timeout
  '58', // I/O
]

export function translatePostgresError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error('PostgreSQL failed', { cause })
  // Whatever did not come from the server is about reaching it.
  if (!(cause instanceof pg.DatabaseError)) return new StorageUnavailable(`PostgreSQL: ${cause.message}`, { cause })
  const { code = '', message } = cause
  if (unavailable.some((prefix) => code.startsWith(prefix))) {
    return new StorageUnavailable(`PostgreSQL: ${message}`, { cause })
  }
  return code.startsWith('23') ? new StorageConflict(`PostgreSQL: ${message}`, { cause }) : cause
}
