import { StartError } from '#errors.ts'
import { StorageConflict, StorageUnavailable } from './database.ts'

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const code = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
}
const unavailable = new Set([code.busy, code.locked, code.noMemory, code.readOnly, code.io, code.full, code.cannotOpen])
const fatal = new Set([code.noMemory, code.io, code.corrupt, code.full])

const codeOf = (error: unknown): number => ((error as { errcode?: number } | undefined)?.errcode ?? 0) & 0xff

/** Another process is writing. Trying again is worth while. */
export const isBusy = (error: unknown): boolean => codeOf(error) === code.busy

/** After this, nothing in the open transaction can be relied on, even where SQLite would let us go on. */
export const isFatal = (error: unknown): boolean => fatal.has(codeOf(error))

/** What a file tells that cannot be opened as a database of ours. */
export function translateOpeningError(cause: unknown, path: string): Error {
  const { message } = cause as Error
  if (codeOf(cause) === code.notADatabase) return new StartError(`${path} is no SQLite database.`, { cause })
  if (codeOf(cause) === code.corrupt)
    return new StartError(`The database ${path} is damaged (${message}). Restore it from a backup.`, { cause })
  if (codeOf(cause) === code.full)
    return new StartError(`There is no room for the database ${path}: the disk is full.`, { cause })
  if (codeOf(cause) === code.readOnly)
    return new StartError(`The database ${path} cannot be written: the file or its folder is read-only.`, { cause })
  return translateSqliteError(cause)
}

export function translateSqliteError(cause: unknown): Error {
  if (unavailable.has(codeOf(cause))) return new StorageUnavailable(`SQLite: ${(cause as Error).message}`, { cause })
  if (codeOf(cause) === code.constraint) return new StorageConflict(`SQLite: ${(cause as Error).message}`, { cause })
  return cause instanceof Error ? cause : new Error('SQLite failed', { cause })
}
