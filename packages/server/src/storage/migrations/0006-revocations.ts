import type { Migration } from './index.ts'

export const revocations: Migration = {
  name: '0006-revocations',
  statements: (dialect) => {
    const text = dialect === 'postgres' ? 'TEXT COLLATE "C" NOT NULL' : 'TEXT NOT NULL'
    const optionalText = dialect === 'postgres' ? 'TEXT COLLATE "C"' : 'TEXT'
    const number = 'BIGINT NOT NULL'
    const small = dialect === 'sqlite' ? ' WITHOUT ROWID' : ''
    return [
      // Of grants and of single access tokens, for as long as a JWT that names one can be alive.
      `CREATE TABLE revocations (
        tenant_id ${text}, id ${text}, expires_at ${number}, PRIMARY KEY (tenant_id, id))${small}`,
      `CREATE INDEX revocations_by_end ON revocations (expires_at)`,

      // How often a client or an API of this name was deleted: its successor is told apart by the number.
      `CREATE TABLE former_names (
        tenant_id ${text}, kind ${text}, name ${text}, times ${number}, PRIMARY KEY (tenant_id, kind, name))${small}`,

      // What the version before writes has none; nor do its access tokens name their grant.
      `ALTER TABLE authorization_codes ADD COLUMN grant_id ${optionalText}`,
      `ALTER TABLE authorization_codes ADD COLUMN audience ${optionalText}`,
      `CREATE INDEX consents_by_audience ON consents (tenant_id, audience)`,

      // They sign nothing any more: what could be stolen is not kept.
      `UPDATE signing_keys SET private_key = NULL WHERE status = 'previous'`,
    ]
  },
}
