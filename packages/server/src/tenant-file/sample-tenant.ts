import { isLocal } from '#tenants/domain.ts'
import { parseTenantFile } from './parse-tenant-file.ts'
import type { ParsedTenantFile } from './tenant-file.ts'

export const sampleCredentials = { email: 'ada@example.com', password: 'correct horse battery staple' }

/**
 * What the first start makes when nobody has said what to make. `examples/tenant.yaml` is the same.
 * @param url the public URL of the tenant
 */
export function sampleTenant(url: string): ParsedTenantFile {
  const parsed = parseTenantFile(sampleTenantYaml(url), 'sample tenant')
  if (isLocal(url)) return parsed
  // Everybody knows her password (SEC-281).
  const note = `sample tenant: its user was not made, because ${url} is not on this machine; make users with a tenant file`
  return { ...parsed, users: [], notes: [...parsed.notes, note] }
}

export const sampleTenantYaml = (url: string): string => `\
clients:
  - name: My native app
    client_id: Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn
    app_type: native
    token_endpoint_auth_method: none
    callbacks:
      - com.myclientapp://myclientapp.com/callback
      - http://127.0.0.1/callback
      - ${url}/mobile
    allowed_logout_urls:
      - com.myclientapp://myclientapp.com/logout
      - http://127.0.0.1/logout
    grant_types: [authorization_code, refresh_token]

resourceServers:
  - name: Appointments
    identifier: appointments:api
    allow_offline_access: true
    scopes:
      - value: appointments
        description: See and change your appointments
      - value: contacts
        description: See and change your contacts
      - value: read:contacts
        description: See your contacts

users:
  - connection: Username-Password-Authentication
    email: ${sampleCredentials.email}
    email_verified: true
    password: ${sampleCredentials.password}
    given_name: Ada
    family_name: Lovelace
    name: Ada Lovelace
`
