import { whyNotRegistrable } from '#clients/registered-url.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Connection } from '#connections/connection.ts'
import { didYouMean } from '#nearest-name.ts'
import { attackProtectionDefaults, type TenantSettings } from '#tenants/tenant.ts'
import type { AttackProtectionEntry, BrandingEntry, TenantEntry } from '../schema/tenant-schema.ts'
import type { Entry } from '../tenant-file.ts'
import { mentioned, type Planning } from './planning.ts'

/** The settings as they will be; the later of several files wins, field by field. */
export function settingsAfter(
  before: TenantSettings,
  tenants: readonly Entry<TenantEntry>[],
  brandings: readonly Entry<BrandingEntry>[],
  protections: readonly Entry<AttackProtectionEntry>[],
): TenantSettings {
  const settled = tenants.reduce((settings, { wanted }) => withTenant(settings, wanted), before)
  const branded = brandings.reduce((settings, { wanted }) => withBranding(settings, wanted), settled)
  return protections.reduce((settings, { wanted }) => withProtection(settings, wanted), branded)
}

function withTenant(settings: TenantSettings, wanted: TenantEntry): TenantSettings {
  const { flags, oidc_logout: logout, rate_limits: limits } = wanted
  return {
    ...settings,
    ...mentioned<Partial<TenantSettings>>({
      friendlyName: wanted.friendly_name,
      pictureUrl: wanted.picture_url,
      supportEmail: wanted.support_email,
      supportUrl: wanted.support_url,
      defaultAudience: wanted.default_audience,
      defaultDirectory: wanted.default_directory,
      sessionLifetime: hours(wanted.session_lifetime, wanted.session_lifetime_in_minutes),
      idleSessionLifetime: hours(wanted.idle_session_lifetime, wanted.idle_session_lifetime_in_minutes),
      sessionCookie: wanted.session_cookie,
      allowedLogoutUrls: wanted.allowed_logout_urls,
      enabledLocales: wanted.enabled_locales,
      skipNonVerifiableCallbackUriConfirmationPrompt:
        wanted.skip_non_verifiable_callback_uri_confirmation_prompt ?? undefined,
      oidcLogout: logout && {
        rpLogoutEndSessionEndpointDiscovery: logout.rp_logout_end_session_endpoint_discovery,
      },
      rateLimits: limits && { ...settings.rateLimits, ...rateLimitsOf(limits) },
    }),
    flags: {
      ...settings.flags,
      ...mentioned<TenantSettings['flags']>({
        revokeRefreshTokenGrant: flags?.revoke_refresh_token_grant,
        useScopeDescriptionsForConsent: flags?.use_scope_descriptions_for_consent,
        allowUndeclaredScopes: flags?.allow_undeclared_scopes,
        refuseEmbeddedBrowsers: flags?.refuse_embedded_browsers,
        strict: flags?.strict,
      }),
    },
  }
}

function rateLimitsOf(wanted: NonNullable<TenantEntry['rate_limits']>) {
  const quota = (said?: { burst: number; per_minute: number }) =>
    said && { burst: said.burst, perMinute: said.per_minute }
  return mentioned<NonNullable<TenantSettings['rateLimits']>>({
    token: quota(wanted.token),
    failedClientAuthentication: quota(wanted.failed_client_authentication),
    userinfo: quota(wanted.userinfo),
    interactions: quota(wanted.interactions),
    tenantInteractions: quota(wanted.tenant_interactions),
    strangersLog: quota(wanted.strangers_log),
    wellKnown: quota(wanted.well_known),
  })
}

const hours = (inHours?: number, inMinutes?: number) => (inMinutes === undefined ? inHours : inMinutes / 60)

function withBranding(settings: TenantSettings, { colors, logo_url: logoUrl }: BrandingEntry): TenantSettings {
  const branding = {
    primaryColor: colors?.primary,
    labelColor: colors?.primary_button_label,
    pageBackground: colors?.page_background,
    logoUrl,
  }
  return { ...settings, branding: { ...settings.branding, ...mentioned(branding) } }
}

function withProtection(settings: TenantSettings, wanted: AttackProtectionEntry): TenantSettings {
  const { bruteForceProtection: account, suspiciousIpThrottling: address } = wanted
  const before = { ...attackProtectionDefaults, ...settings.attackProtection }
  const attackProtection = {
    bruteForceProtection: {
      ...before.bruteForceProtection,
      ...mentioned({ enabled: account?.enabled, maxAttempts: account?.max_attempts, allowlist: account?.allowlist }),
    },
    suspiciousIpThrottling: {
      ...before.suspiciousIpThrottling,
      ...mentioned({
        enabled: address?.enabled,
        maxAttempts: address?.stage?.['pre-login']?.max_attempts,
        allowlist: address?.allowlist,
      }),
    },
  }
  return { ...settings, attackProtection }
}

/**
 * The settings without what cannot be used, which is reported. What a setting names must be there once the files are applied; what
 * is known and not applied yet is no mistake of whoever wrote the file.
 */
export function usableSettings(
  tenants: readonly Entry<TenantEntry>[],
  apis: readonly ResourceServer[],
  connections: readonly Connection[],
  planning: Planning,
): TenantSettings {
  const usable = { ...planning.settings }
  const identifiers = apis.map(({ identifier }) => identifier)
  const names = connections.map(({ name }) => name)
  for (const tenant of tenants) {
    if (!isThere(tenant, 'default_audience', 'API', identifiers, planning)) delete usable.defaultAudience
    if (!isThere(tenant, 'default_directory', 'connection', names, planning)) delete usable.defaultDirectory
    const refused = (tenant.wanted.allowed_logout_urls ?? []).filter((url) => !isLogoutUrl(tenant, url, planning))
    usable.allowedLogoutUrls = usable.allowedLogoutUrls.filter((url) => !refused.includes(url))
  }
  return usable
}

function isThere(
  { wanted, at }: Entry<TenantEntry>,
  field: 'default_audience' | 'default_directory',
  what: string,
  known: string[],
  { problems, notes, skipped }: Planning,
): boolean {
  const value = wanted[field]
  if (!value || known.includes(value)) return true
  const line = `${at(field)}: tenant.${field} is "${value}"`
  if ([...skipped.audiences, ...skipped.connections].includes(value)) notes.push(`${line}: not applied yet`)
  else problems.push(`${line}: there is no such ${what}${didYouMean(value, known)}`)
  return false
}

function isLogoutUrl({ wanted, at }: Entry<TenantEntry>, url: string, { notes, settings }: Planning): boolean {
  const { strict } = settings.flags
  // Without a client there is no type: what any of them may register may stand here.
  const reasons = (['regular_web', 'native'] as const).map((appType) =>
    whyNotRegistrable(url, { appType, list: 'allowed_logout_urls', strict }),
  )
  if (reasons.includes(undefined)) return true
  const index = wanted.allowed_logout_urls?.indexOf(url) ?? 0
  const where = at('allowed_logout_urls', index)
  notes.push(`${where}: tenant.allowed_logout_urls has ${JSON.stringify(url)}: left out. ${reasons[0]}`)
  return false
}
