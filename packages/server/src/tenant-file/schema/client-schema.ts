import { z } from 'zod'
import { plainName } from './one-line.ts'
import { webUrlOrEmpty } from './web-url.ts'

const text = (max: number) => z.string().max(max)
const urls = z.array(z.string()).max(200)

export const idTokenAlgorithm = z.enum(['RS256', 'PS256', 'ES256'], {
  error: ({ input }) =>
    input === 'HS256'
      ? 'HS256 is not supported: it signs with the client secret, so whoever can verify a token can forge one, and apps cannot keep a secret. Use RS256, PS256 or ES256'
      : 'expected RS256, PS256 or ES256',
})

const refreshToken = z.strictObject({
  rotation_type: z.enum(['rotating', 'non-rotating']).optional(),
  expiration_type: z.enum(['expiring', 'non-expiring']).optional(),
  leeway: z.int().min(0).max(60).optional(),
  token_lifetime: z.int().min(1).max(157_788_000).optional(),
  infinite_token_lifetime: z.boolean().optional(),
  idle_token_lifetime: z.int().min(1).max(157_788_000).optional(),
  infinite_idle_token_lifetime: z.boolean().optional(),
})

const mobile = z.strictObject({
  ios: z
    .strictObject({
      team_id: z.string().regex(/^[A-Z0-9]{10}$/, 'expected the ten letters and digits that Apple gave the team'),
      app_bundle_identifier: z.string().regex(/^[A-Za-z0-9.-]{1,155}$/, 'expected a bundle id such as com.example.app'),
    })
    .optional(),
  android: z
    .strictObject({
      app_package_name: z
        .string()
        .max(255)
        .regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*)+$/, 'expected a package name such as com.example.app'),
      sha256_cert_fingerprints: z.array(
        z.string().regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}$/, 'expected 32 hexadecimal bytes separated by colons'),
      ),
    })
    .optional(),
})

/** An application, in the names of the Management API. URLs are checked when its type is known. */
export const clientSchema = z.strictObject({
  name: plainName(255),
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, "_" or "-"')
    .optional(),
  client_secret: text(1024).min(1).optional(),
  description: text(140).optional(),
  logo_uri: webUrlOrEmpty.optional(),
  app_type: z.enum(['native', 'spa', 'regular_web', 'non_interactive']).optional(),
  is_first_party: z.boolean().optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).optional(),
  callbacks: urls.optional(),
  allowed_logout_urls: urls.optional(),
  web_origins: urls.optional(),
  allowed_origins: urls.optional(),
  initiate_login_uri: z.string().optional(),
  grant_types: z.array(text(255).min(1)).max(50).optional(),
  jwt_configuration: z
    .strictObject({
      lifetime_in_seconds: z.int().min(1).max(2_592_000).optional(),
      alg: idTokenAlgorithm.optional(),
    })
    .optional(),
  refresh_token: refreshToken.nullable().optional(),
  mobile: mobile.optional(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().nullable().optional(),
  client_metadata: z
    .record(text(255), text(255))
    .refine((metadata) => Object.keys(metadata).length <= 10, 'expected at most 10 keys')
    .optional(),
  organization_usage: z.enum(['deny', 'allow', 'require']).optional(),
  require_pkce: z.boolean().optional(),
  standard_claims: z.boolean().optional(),
})

export type ClientEntry = z.infer<typeof clientSchema>
