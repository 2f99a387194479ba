import type { Quota, QuotaName } from '#http/rate-limit.ts'
import { isLocal } from './domain.ts'

/** A tenant: one issuer with its own clients, APIs, users, keys and look. Fields keep their Management API names in camelCase. */
export interface Tenant {
  /** Ours alone; never on the wire. */
  id: string
  /** Host, with the port if it is not the scheme's own: `acme.localhost:3000`. Unique, lower-case. */
  domain: string
  /** `https://{domain}/` (RFC 8414 §2), with Auth0's trailing slash. The only source of URLs that we hand out. */
  issuer: string
  settings: TenantSettings
}

/** What `GET /api/v2/tenants/settings` shows at Auth0; units as there. */
export interface TenantSettings {
  friendlyName: string
  pictureUrl?: string
  supportEmail?: string
  supportUrl?: string
  /** Identifier of the API that a request without `audience` means. */
  defaultAudience?: string
  /** Name of the connection that the password grant and a bare sign-in use. */
  defaultDirectory?: string
  /** Hours until a session ends whatever the user does. */
  sessionLifetime: number
  /** Hours without activity until a session ends. */
  idleSessionLifetime: number
  sessionCookie: { mode: 'persistent' | 'non-persistent' }
  /** Where a logout without `client_id` may lead. */
  allowedLogoutUrls: string[]
  enabledLocales: string[]
  /** Colours `#rrggbb` of the sign-in pages. */
  branding: { primaryColor?: string; labelColor?: string; pageBackground?: string; logoUrl?: string }
  flags: {
    /** Scopes the API never declared are granted as asked (Auth0's old way). Off: they are dropped. */
    allowUndeclaredScopes?: boolean
    /** Consent shows the descriptions of scopes instead of grouping them by resource. */
    useScopeDescriptionsForConsent?: boolean
    /** Sign-in pages refuse embedded web views (RFC 8252 §8.12). */
    refuseEmbeddedBrowsers?: boolean
    /** Revoking a refresh token ends the whole grant of user, client and audience. */
    revokeRefreshTokenGrant?: boolean
    /** No wildcard callbacks, no dot-less custom schemes. */
    strict?: boolean
  }
  /** Auth0's tenant-wide default of the client setting of the same name. */
  skipNonVerifiableCallbackUriConfirmationPrompt?: boolean
  oidcLogout: { rpLogoutEndSessionEndpointDiscovery: boolean }
  /** Auth0's `attackProtection` section. Absent parts have the defaults below. */
  attackProtection?: Partial<AttackProtection>
  /** Other numbers than `http/rate-limit.ts` has. */
  rateLimits?: Partial<Record<QuotaName, Quota>>
}

export interface AttackProtection {
  /** Wrong passwords for one account from one address. */
  bruteForceProtection: { enabled: boolean; maxAttempts: number; allowlist: string[] }
  /** Wrong passwords from one address, whichever the account, within an hour. */
  suspiciousIpThrottling: { enabled: boolean; maxAttempts: number; allowlist: string[] }
}

/** Auth0's numbers. */
export const attackProtectionDefaults: AttackProtection = {
  bruteForceProtection: { enabled: true, maxAttempts: 10, allowlist: [] },
  suspiciousIpThrottling: { enabled: true, maxAttempts: 100, allowlist: [] },
}

/** The protection in force: what the tenant set, over the defaults. */
export const attackProtectionOf = (tenant: Tenant): AttackProtection => ({
  ...attackProtectionDefaults,
  ...tenant.settings.attackProtection,
})

export const defaultTenantSettings: TenantSettings = {
  friendlyName: 'Keywright',
  sessionLifetime: 168,
  idleSessionLifetime: 72,
  sessionCookie: { mode: 'persistent' },
  allowedLogoutUrls: [],
  enabledLocales: ['en', 'de', 'fr', 'ar'],
  branding: {},
  flags: {},
  oidcLogout: { rpLogoutEndSessionEndpointDiscovery: true },
}

/** Whether this tenant lives on somebody's own machine: then its pages may say more to a developer. */
export const isDevelopment = (tenant: Tenant): boolean => isLocal(tenant.issuer)
