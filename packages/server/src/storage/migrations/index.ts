import { StartError } from '#errors.ts'
import type { Dialect } from '../database.ts'
import { ground } from './0001-ground.ts'
import { revocations } from './0006-revocations.ts'
import { sweepMark } from './0007-sweep-mark.ts'
import { appliedPasswords } from './0008-applied-passwords.ts'
import { clientTerms } from './0014-client-terms.ts'

/** A step forward of the schema. It is never changed after a release, and the version before must still run on what it leaves. */
export interface Migration {
  readonly name: string
  statements(dialect: Dialect): readonly string[]
}

export const migrations: readonly Migration[] = [ground, revocations, sweepMark, appliedPasswords, clientTerms]

/** What is left to do. @throws StartError if a newer version has been here: its data may mean what we do not know. */
export function pendingMigrations(applied: readonly string[], known = migrations): readonly Migration[] {
  const names = new Set(known.map(({ name }) => name))
  const unknown = applied.find((name) => !names.has(name))
  if (unknown !== undefined) {
    throw new StartError(
      `The database was used by a newer version of Keywright (it has the migration "${unknown}", this version knows up to ` +
        `"${known.at(-1)?.name}"). Start that version or a later one.`,
    )
  }
  return known.filter(({ name }) => !applied.includes(name))
}
