import type { Migration } from './index.ts'

/** Which password of a tenant file led to the hash beside it: a keyed digest of both, worth nothing without our secret. */
export const appliedPasswords: Migration = {
  name: '0008-applied-passwords',
  statements: () => ['ALTER TABLE passwords ADD COLUMN applied_mark TEXT'],
}
