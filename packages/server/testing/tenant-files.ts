import type { Client } from '#clients/client.ts'
import { createPasswordKdf } from '#crypto/password-kdf.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { createSealer } from '#crypto/seal.ts'
import { fitsSecret } from '#crypto/secret-digest.ts'
import { openStorage } from '#storage/open-storage.ts'
import type { Store, TenantStore } from '#storage/store.ts'
import { applyTenantFile, type TenantFilePlatform } from '#tenant-file/apply-tenant-file.ts'
import type { Keywords } from '#tenant-file/keywords.ts'
import { parseTenantFile } from '#tenant-file/parse-tenant-file.ts'

const url = 'http://localhost:3000'

/** A house with real storage, in memory unless told otherwise, to apply tenant files to. `writes` lists what was written. */
export async function aTenantFileHouse(
  defaultTenantUrl = url,
  database = 'sqlite::memory:',
  { strict = false, keywords = {} }: { strict?: boolean; keywords?: Keywords } = {},
) {
  const writes: string[] = []
  let time = Date.UTC(2026, 0, 1)
  const sealer = createSealer('a secret for tests, long enough to seal something')
  const storage = await openStorage({ url: database, sealer, now: () => time })
  const platform: TenantFilePlatform = {
    tenants: recorded(storage.tenants, writes),
    now: () => time,
    random: systemRandom,
    passwords: createPasswordKdf(),
    sealer,
    defaultTenantUrl,
    strict,
  }
  return {
    platform,
    writes,
    passTime: (milliseconds: number) => {
      time += milliseconds
    },
    hasSecret: (client: Client | undefined, secret: string, tenantId = '') =>
      client !== undefined && fitsSecret(client.secretDigests, secret, { tenantId, clientId: client.clientId }, sealer),
    /** Applies files given as YAML. */
    apply: async (...texts: string[]) =>
      applyTenantFile(
        texts.map((text, index) => parseTenantFile(text, `file${index + 1}.yaml`, keywords)),
        platform,
      ),
    async storeOf(domain = new URL(defaultTenantUrl).host): Promise<Store> {
      const tenant = await storage.tenants.findByDomain(domain)
      if (!tenant) throw new Error(`no tenant ${domain}`)
      return storage.tenants.storeFor(tenant)
    },
    close: () => storage.close(),
  }
}

/** A tenant file in which every section has something. */
export const everything = `
tenant:
  friendly_name: Appointments Inc.
  session_lifetime_in_minutes: 90
  default_audience: appointments:api
  default_directory: staff
  allowed_logout_urls: ["https://www.example.com/bye"]
  flags: {use_scope_descriptions_for_consent: true}
branding: {colors: {primary: "#123456"}, logo_url: "https://www.example.com/logo.png"}
clients:
  - name: App
    client_id: app
    app_type: native
    callbacks: ["com.example.app://cb", "http://127.0.0.1/cb"]
    mobile: {ios: {team_id: ABCDE12345, app_bundle_identifier: com.example.app}}
    client_metadata: {plan: gold}
  - name: Backend
    app_type: non_interactive
  - name: Site
    client_id: site
    client_secret: the secret of the site
    app_type: regular_web
    callbacks: ["https://*.example.com/cb"]
    refresh_token: {rotation_type: rotating, expiration_type: expiring, leeway: 0}
    jwt_configuration: {alg: PS256}
resourceServers:
  - name: Appointments
    identifier: appointments:api
    scopes: [{value: read, description: Read}, {value: write}]
    signing_alg: ES256
    token_lifetime: 3600
clientGrants:
  - {client_id: Backend, audience: "appointments:api", scope: [read]}
databases:
  - {name: staff, enabled_clients: [App], options: {passwordPolicy: excellent}}
connections:
  - name: partner
    strategy: oidc
    display_name: Partner
    options: {issuer: "https://idp.example", client_id: c, client_secret: upstream secret, scope: [openid, email]}
users:
  - {connection: staff, email: Ada@Example.com, email_verified: true, password: first password, user_metadata: {a: 1}}
  - {connection: staff, username: bob, user_id: b0b, password_hash: "$2b$10$abcdefghijklmnopqrstuuMlZ0gHqx8V4Yh3pQkq0v0S6b8mW1G9i"}
`

const writing = new Set(['save', 'create', 'update', 'delete', 'setPasswordHash'])

/** The same store, which also notes the name of every method that writes. */
function recorded(tenants: TenantStore, writes: string[]): TenantStore {
  const record = <Target extends object>(target: Target, name: string): Target =>
    new Proxy(target, {
      get(inner, key) {
        const value = Reflect.get(inner, key) as unknown
        if (typeof value === 'object' && value !== null) return record(value, `${name}${String(key)}.`)
        if (typeof value !== 'function') return value
        return (...words: unknown[]) => {
          if (writing.has(String(key))) writes.push(`${name}${String(key)}`)
          const result = Reflect.apply(value, inner, words) as unknown
          return key === 'storeFor' ? record(result as Store, '') : result
        }
      },
    })
  return record(tenants, 'tenants.')
}
