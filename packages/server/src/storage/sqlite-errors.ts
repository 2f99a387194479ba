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
}
const unavailable = new Set([code.busy, code.locked, code.noMemory, code.readOnly, code.io, code.full, code.cannotOpen])
const fatal = new Set([code.noMemory, code.io, code.corrupt, code.full])

const codeOf = (error: unknown): number => ((error as { errcode?: number } | undefined)?.errcode ?? 0) & 0xff

/** Another process is writing. Trying again is worth while. */
export const isBusy = (error: unknown): boolean => codeOf(error) === code.busy

/** After this, nothing in the open transaction can be relied on, even where SQLite would let us go on. */
export const isFatal = (error: unknown): boolean => fatal.has(codeOf(error))

export function translateSqliteError(cause: unknown): Error {
  if (unavailable.has(codeOf(cause))) return new StorageUnavailable(`SQLite: ${(cause as Error).message}`, { cause })
  if (codeOf(cause) === code.constraint) return new StorageConflict(`SQLite: ${(cause as Error).message}`, { cause })
  return cause instanceof Error ? cause : new Error('SQLite failed', { cause })
}
