/** The tables, as the migrations leave them. JSON is TEXT, times are epoch milliseconds, flags do not occur. */
export interface Schema {
  migrations: { name: string; applied_at: number }
  tenants: { tenant_id: string; domain: string; document: string }
  configuration_versions: { tenant_id: string; version: number; clients_indexed: number | null }
  clients: { tenant_id: string; client_id: string; secret: string | null; document: string }
  client_terms: { tenant_id: string; term: string; client_id: string }
  resource_servers: { tenant_id: string; id: string; identifier: string; document: string }
  client_grants: { tenant_id: string; id: string; client_id: string; audience: string; document: string }
  connections: { tenant_id: string; id: string; name: string; secret: string | null; document: string }
  signing_keys: {
    tenant_id: string
    kid: string
    algorithm: string
    status: string
    public_jwk: string
    private_key: string | null
    created_at: number
    retired_at: number | null
  }
  users: { tenant_id: string; user_id: string; connection: string; document: string }
  user_identifiers: { tenant_id: string; connection: string; identifier: string; user_id: string }
  user_identities: { tenant_id: string; connection: string; subject: string; user_id: string }
  passwords: { tenant_id: string; user_id: string; hash: string; applied_mark: string | null }
  sessions: {
    tenant_id: string
    sid: string
    user_id: string
    connection: string
    main_cookie: string
    silent_cookie: string
    amr: string
    authenticated_at: number
    active_at: number
    idle_expires_at: number
    expires_at: number
  }
  consents: {
    tenant_id: string
    user_id: string
    client_id: string
    audience: string
    scope: string
    granted_at: number
  }
  interactions: {
    tenant_id: string
    id_digest: string
    version: number
    upstream_state_digest: string | null
    expires_at: number
    document: string
  }
  authorization_codes: {
    tenant_id: string
    code_digest: string
    user_id: string
    client_id: string
    expires_at: number
    redeemed_at: number | null
    document: string
    grant_id: string | null
    audience: string | null
  }
  refresh_families: {
    tenant_id: string
    family_id: string
    grant_id: string
    client_id: string
    user_id: string
    sid: string | null
    scope: string
    audience: string | null
    authenticated_at: number
    generation: number
    current_digest: string
    rotated_at: number | null
    created_at: number
    expires_at: number | null
    idle_expires_at: number | null
    revoked_at: number | null
  }
  opaque_access_tokens: {
    tenant_id: string
    token_digest: string
    grant_id: string
    client_id: string
    user_id: string
    scope: string
    expires_at: number
  }
  revocations: { tenant_id: string; id: string; expires_at: number }
  former_names: { tenant_id: string; kind: string; name: string; times: number }
  attempts: { tenant_id: string; attempt_key: string; attempt_count: number; window_ends_at: number }
  /** One row at most. */
  sweep_mark: { id: number; believed_at: number; looked_at: number; waited: number }
  log_events: { tenant_id: string; log_id: string; date: number; type: string; document: string }
}
