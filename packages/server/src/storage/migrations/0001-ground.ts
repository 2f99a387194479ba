import type { Migration } from './index.ts'

/**
 * Every key begins with the tenant, so that the database itself refuses a reference across tenants (SEC-259). What is issued
 * refers to its user but not to its client by a foreign key: on PostgreSQL every code would lock the one row of its client.
 */
export const ground: Migration = {
  name: '0001-ground',
  statements: (dialect) => {
    // Bytes decide about order and equality, whatever locale the database was made with.
    const text = dialect === 'postgres' ? 'TEXT COLLATE "C" NOT NULL' : 'TEXT NOT NULL'
    const optionalText = dialect === 'postgres' ? 'TEXT COLLATE "C"' : 'TEXT'
    const number = 'BIGINT NOT NULL'
    // Small rows live in their primary key's tree instead of having two trees.
    const small = dialect === 'sqlite' ? ' WITHOUT ROWID' : ''
    const ofUser = 'FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id) ON DELETE CASCADE'
    const ofTenant = 'FOREIGN KEY (tenant_id) REFERENCES tenants (tenant_id) ON DELETE CASCADE'

    return [
      `CREATE TABLE tenants (tenant_id ${text} PRIMARY KEY, domain ${text} UNIQUE, document ${text})`,

      // The row '' counts the changes of all tenants; a tenant's row says which of them was its last.
      `CREATE TABLE configuration_versions (tenant_id ${text} PRIMARY KEY, version ${number})`,
      `CREATE INDEX configuration_versions_by_version ON configuration_versions (version)`,
      `INSERT INTO configuration_versions (tenant_id, version) VALUES ('', 0)`,

      `CREATE TABLE clients (
        tenant_id ${text}, client_id ${text}, secret ${optionalText}, document ${text},
        PRIMARY KEY (tenant_id, client_id), ${ofTenant})`,

      `CREATE TABLE resource_servers (
        tenant_id ${text}, id ${text}, identifier ${text}, document ${text},
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, identifier), ${ofTenant})`,

      `CREATE TABLE client_grants (
        tenant_id ${text}, id ${text}, client_id ${text}, audience ${text}, document ${text},
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, client_id, audience),
        FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE,
        FOREIGN KEY (tenant_id, audience) REFERENCES resource_servers (tenant_id, identifier) ON DELETE CASCADE)`,
      `CREATE INDEX client_grants_by_audience ON client_grants (tenant_id, audience)`,

      `CREATE TABLE connections (
        tenant_id ${text}, id ${text}, name ${text}, secret ${optionalText}, document ${text},
        PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name), ${ofTenant})`,

      `CREATE TABLE signing_keys (
        tenant_id ${text}, kid ${text}, algorithm ${text}, status ${text}, public_jwk ${text},
        private_key ${optionalText}, created_at ${number}, retired_at BIGINT,
        PRIMARY KEY (tenant_id, kid), ${ofTenant})`,
      // Two processes that start at once cannot both add the first key.
      `CREATE UNIQUE INDEX signing_keys_in_use ON signing_keys (tenant_id, algorithm, status)
        WHERE status IN ('next', 'current')`,

      `CREATE TABLE users (
        tenant_id ${text}, user_id ${text}, connection ${text}, document ${text},
        PRIMARY KEY (tenant_id, user_id), ${ofTenant})`,

      // E-mail addresses and user names in one key: nobody can take as user name what is another's address (SEC-208).
      `CREATE TABLE user_identifiers (
        tenant_id ${text}, connection ${text}, identifier ${text}, user_id ${text},
        PRIMARY KEY (tenant_id, connection, identifier), ${ofUser})${small}`,
      `CREATE INDEX user_identifiers_by_user ON user_identifiers (tenant_id, user_id)`,

      `CREATE TABLE user_identities (
        tenant_id ${text}, connection ${text}, subject ${text}, user_id ${text},
        PRIMARY KEY (tenant_id, connection, subject), ${ofUser})${small}`,
      `CREATE INDEX user_identities_by_user ON user_identities (tenant_id, user_id)`,

      `CREATE TABLE passwords (
        tenant_id ${text}, user_id ${text}, hash ${text}, PRIMARY KEY (tenant_id, user_id), ${ofUser})${small}`,

      `CREATE TABLE sessions (
        tenant_id ${text}, sid ${text}, user_id ${text}, connection ${text}, main_cookie ${text}, silent_cookie ${text},
        amr ${text}, authenticated_at ${number}, active_at ${number}, idle_expires_at ${number}, expires_at ${number},
        PRIMARY KEY (tenant_id, sid), ${ofUser})${small}`,
      `CREATE UNIQUE INDEX sessions_by_main_cookie ON sessions (tenant_id, main_cookie)`,
      `CREATE UNIQUE INDEX sessions_by_silent_cookie ON sessions (tenant_id, silent_cookie)`,
      `CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id)`,
      `CREATE INDEX sessions_by_end ON sessions (idle_expires_at)`,

      // A row per scope: adding some needs no reading first. The empty scope says that the consent exists.
      `CREATE TABLE consents (
        tenant_id ${text}, user_id ${text}, client_id ${text}, audience ${text}, scope ${text}, granted_at ${number},
        PRIMARY KEY (tenant_id, user_id, client_id, audience, scope), ${ofUser},
        FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, client_id) ON DELETE CASCADE)${small}`,
      `CREATE INDEX consents_by_client ON consents (tenant_id, client_id)`,

      `CREATE TABLE interactions (
        tenant_id ${text}, id_digest ${text}, version ${number}, upstream_state_digest ${optionalText},
        expires_at ${number}, document ${text}, PRIMARY KEY (tenant_id, id_digest))`,
      `CREATE UNIQUE INDEX interactions_by_upstream_state ON interactions (tenant_id, upstream_state_digest)
        WHERE upstream_state_digest IS NOT NULL`,
      `CREATE INDEX interactions_by_end ON interactions (expires_at)`,

      `CREATE TABLE authorization_codes (
        tenant_id ${text}, code_digest ${text}, user_id ${text}, client_id ${text}, expires_at ${number},
        redeemed_at BIGINT, document ${text}, PRIMARY KEY (tenant_id, code_digest), ${ofUser})${small}`,
      `CREATE INDEX authorization_codes_by_user ON authorization_codes (tenant_id, user_id)`,
      `CREATE INDEX authorization_codes_by_end ON authorization_codes (expires_at)`,

      `CREATE TABLE refresh_families (
        tenant_id ${text}, family_id ${text}, grant_id ${text}, client_id ${text}, user_id ${text}, sid ${optionalText},
        scope ${text}, audience ${optionalText}, authenticated_at ${number}, generation ${number}, current_digest ${text},
        rotated_at BIGINT, created_at ${number}, expires_at BIGINT, idle_expires_at BIGINT, revoked_at BIGINT,
        PRIMARY KEY (tenant_id, family_id), ${ofUser})${small}`,
      `CREATE INDEX refresh_families_by_user ON refresh_families (tenant_id, user_id)`,
      `CREATE INDEX refresh_families_by_grant ON refresh_families (tenant_id, grant_id)`,
      `CREATE INDEX refresh_families_by_client ON refresh_families (tenant_id, client_id, user_id, created_at, family_id)
        WHERE revoked_at IS NULL`,
      // Each family stands in the one of these three that tells when it can be swept.
      `CREATE INDEX refresh_families_by_idle_end ON refresh_families (idle_expires_at) WHERE idle_expires_at IS NOT NULL`,
      `CREATE INDEX refresh_families_by_end ON refresh_families (expires_at) WHERE idle_expires_at IS NULL`,
      `CREATE INDEX refresh_families_by_revocation ON refresh_families (revoked_at) WHERE revoked_at IS NOT NULL`,

      `CREATE TABLE opaque_access_tokens (
        tenant_id ${text}, token_digest ${text}, grant_id ${text}, client_id ${text}, user_id ${text}, scope ${text},
        expires_at ${number}, PRIMARY KEY (tenant_id, token_digest), ${ofUser})${small}`,
      `CREATE INDEX opaque_access_tokens_by_user ON opaque_access_tokens (tenant_id, user_id)`,
      `CREATE INDEX opaque_access_tokens_by_grant ON opaque_access_tokens (tenant_id, grant_id)`,
      `CREATE INDEX opaque_access_tokens_by_end ON opaque_access_tokens (expires_at)`,

      `CREATE TABLE attempts (
        tenant_id ${text}, attempt_key ${text}, attempt_count ${number}, window_ends_at ${number},
        PRIMARY KEY (tenant_id, attempt_key))${small}`,
      `CREATE INDEX attempts_by_end ON attempts (window_ends_at)`,

      `CREATE TABLE log_events (
        tenant_id ${text}, log_id ${text}, date ${number}, type ${text}, document ${text},
        PRIMARY KEY (tenant_id, log_id))`,
      `CREATE INDEX log_events_by_date ON log_events (tenant_id, date, log_id)`,
      `CREATE INDEX log_events_by_type ON log_events (tenant_id, type, date, log_id)`,
      `CREATE INDEX log_events_by_end ON log_events (date)`,
    ]
  },
}
