import { z } from 'zod'
import { oneLine } from './one-line.ts'
import { webUrl } from './web-url.ts'

const common = {
  name: z
    .string()
    .max(128)
    .regex(/^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/, 'expected letters and digits, with single "-" between them'),
  display_name: oneLine(128).optional(),
  /** Ids or names of clients. */
  enabled_clients: z.array(z.string().min(1)).optional(),
  show_as_button: z.boolean().optional(),
}

const password = {
  passwordPolicy: z.enum(['none', 'low', 'fair', 'good', 'excellent']).nullable().optional(),
  password_complexity_options: z.strictObject({ min_length: z.int().min(1).max(128).optional() }).optional(),
  password_dictionary: z
    .strictObject({ enable: z.boolean(), dictionary: z.array(z.string().max(50)).max(200).optional() })
    .optional(),
  password_no_personal_info: z.strictObject({ enable: z.boolean() }).optional(),
  brute_force_protection: z.boolean().optional(),
  disable_signup: z.boolean().optional(),
  requires_username: z.boolean().optional(),
  validation: z
    .strictObject({
      username: z
        .strictObject({ min: z.int().min(1), max: z.int().max(128) })
        .refine(({ min, max }) => min <= max, 'min is greater than max')
        .optional(),
    })
    .optional(),
}

export const databaseSchema = z.strictObject({
  ...common,
  strategy: z.literal('auth0'),
  options: z.strictObject(password).optional(),
})

const attributeMap = z.strictObject({
  mapping_mode: z.enum(['bind_all', 'use_map', 'basic_profile']).optional(),
  userinfo_scope: z.string().max(255).optional(),
  attributes: z.record(z.string().max(255), z.unknown()).optional(),
})

/** Only what the code flow needs: tokens never come through the browser (RFC 9700 §2.1.2). */
const oidcOptions = z
  .strictObject({
    type: z.enum(['back_channel', 'front_channel']).optional(),
    issuer: webUrl.optional(),
    discovery_url: webUrl.optional(),
    authorization_endpoint: webUrl.optional(),
    token_endpoint: webUrl.optional(),
    userinfo_endpoint: webUrl.optional(),
    jwks_uri: webUrl.optional(),
    client_id: z.string().min(1).max(255),
    client_secret: z.string().min(1).max(1024).optional(),
    scope: z.union([z.string(), z.array(z.string())], { error: 'expected a text or a list of texts' }).optional(),
    connection_settings: z
      .strictObject({
        pkce: z.enum(['auto', 'S256', 'disabled'], {
          error: 'expected auto, S256 or disabled; plain protects nothing',
        }),
      })
      .optional(),
    attribute_map: attributeMap.optional(),
    token_endpoint_auth_method: z.enum(['client_secret_post', 'client_secret_basic']).nullable().optional(),
    id_token_signed_response_algs: z
      .array(z.enum(['RS256', 'PS256', 'ES256']))
      .min(1)
      .optional(),
    callback: z.enum(['own', 'shared']).optional(),
    accept_other_audiences: z.boolean().optional(),
    trust_email_verified: z.boolean().optional(),
    icon_url: webUrl.optional(),
    domain_aliases: z.array(z.string().max(253)).max(1000).optional(),
  })
  .refine(({ issuer, discovery_url }) => issuer !== undefined || discovery_url !== undefined, {
    message: 'expected issuer or discovery_url',
  })
  .refine(({ scope = 'openid' }) => (Array.isArray(scope) ? scope : scope.split(' ')).includes('openid'), {
    path: ['scope'],
    message: 'expected it to contain openid',
  })

const oidcSchema = z.strictObject({ ...common, strategy: z.literal('oidc'), options: oidcOptions })

export const connectionSchema = z.discriminatedUnion('strategy', [databaseSchema, oidcSchema])

export const strategies = ['auth0', 'oidc']

export type ConnectionEntry = z.infer<typeof connectionSchema>
