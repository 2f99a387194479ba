import type { Migration } from './index.ts'

/**
 * Finds clients by what strangers ask about, without reading any: the origins they list, and whether they have an app. A tenant's
 * terms are complete while `clients_indexed` is its version. A version before this one moves only the latter on, so the next start
 * sees what it must look at again (`index-clients.ts`), and at first that is everybody.
 */
export const clientTerms: Migration = {
  name: '0014-client-terms',
  statements: (dialect) => {
    const text = dialect === 'postgres' ? 'TEXT COLLATE "C" NOT NULL' : 'TEXT NOT NULL'
    const small = dialect === 'sqlite' ? ' WITHOUT ROWID' : ''
    return [
      `CREATE TABLE client_terms (
        tenant_id ${text}, term ${text}, client_id ${text}, PRIMARY KEY (tenant_id, term, client_id),
        FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE)${small}`,
      `CREATE INDEX client_terms_by_client ON client_terms (tenant_id, client_id)`,
      `ALTER TABLE configuration_versions ADD COLUMN clients_indexed BIGINT`,
    ]
  },
}
