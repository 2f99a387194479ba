import { z } from 'zod'
import { name } from './one-line.ts'
import { webUrlOrEmpty } from './web-url.ts'

const color = z.string().regex(/^#[0-9A-Fa-f]{6}$/, 'expected a colour such as #0059d6')
const hours = z.number().positive().max(8760)
const minutes = z.int().min(1).max(525_600)

/** At least one a minute: who wants to refuse everybody stops the server. */
const quota = z.strictObject({ burst: z.int().min(1).max(1e9), per_minute: z.int().min(1).max(1e9) })

/** Tenant settings, in the names of the Management API. `domain` is our extension. */
export const tenantSchema = z.strictObject({
  domain: z
    .string()
    .max(255)
    .regex(
      /^(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:[1-9]\d{0,4})?$/i,
      'expected a host, with a port if it is not the usual one, such as acme.localhost:3000',
    )
    .optional(),
  friendly_name: name(255).optional(),
  picture_url: webUrlOrEmpty.optional(),
  support_email: z.union([z.literal(''), z.email()], { error: 'expected an e-mail address' }).optional(),
  support_url: webUrlOrEmpty.optional(),
  default_audience: z.string().max(600).optional(),
  default_directory: z.string().max(128).optional(),
  session_lifetime: hours.optional(),
  session_lifetime_in_minutes: minutes.optional(),
  idle_session_lifetime: hours.optional(),
  idle_session_lifetime_in_minutes: minutes.optional(),
  session_cookie: z.strictObject({ mode: z.enum(['persistent', 'non-persistent']) }).optional(),
  allowed_logout_urls: z.array(z.string()).max(200).optional(),
  enabled_locales: z
    .array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a locale such as en or fr-CA'))
    .min(1)
    .optional(),
  flags: z
    .strictObject({
      revoke_refresh_token_grant: z.boolean().optional(),
      use_scope_descriptions_for_consent: z.boolean().optional(),
      allow_undeclared_scopes: z.boolean().optional(),
      refuse_embedded_browsers: z.boolean().optional(),
      strict: z.boolean().optional(),
    })
    .optional(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().nullable().optional(),
  oidc_logout: z.strictObject({ rp_logout_end_session_endpoint_discovery: z.boolean() }).optional(),
  /** Ours: Auth0's numbers come with the plan. */
  rate_limits: z
    .strictObject({
      token: quota.optional(),
      failed_client_authentication: quota.optional(),
      userinfo: quota.optional(),
      interactions: quota.optional(),
      tenant_interactions: quota.optional(),
      strangers_log: quota.optional(),
      well_known: quota.optional(),
    })
    .optional(),
})

/** Colours and logo of the sign-in pages, as `PATCH /api/v2/branding` takes them. */
export const brandingSchema = z.strictObject({
  colors: z
    .strictObject({
      primary: color.optional(),
      primary_button_label: color.optional(),
      page_background: color.optional(),
    })
    .optional(),
  logo_url: webUrlOrEmpty.optional(),
})

const attempts = z.int().min(1).max(100)
const addresses = z.array(z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address' })).max(100)

/** How guessing is slowed down, as Auth0 exports it. */
export const attackProtectionSchema = z.strictObject({
  bruteForceProtection: z
    .strictObject({
      enabled: z.boolean().optional(),
      max_attempts: attempts.optional(),
      allowlist: addresses.optional(),
    })
    .optional(),
  suspiciousIpThrottling: z
    .strictObject({
      enabled: z.boolean().optional(),
      allowlist: addresses.optional(),
      stage: z
        .strictObject({
          'pre-login': z.strictObject({ max_attempts: z.int().min(1).max(100_000).optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
})

export type AttackProtectionEntry = z.infer<typeof attackProtectionSchema>
export type TenantEntry = z.infer<typeof tenantSchema>
export type BrandingEntry = z.infer<typeof brandingSchema>
