import { z } from 'zod'
import type { Connection } from '../connection.ts'
import { UpstreamError } from '../strategy.ts'

const url = z.url({ protocol: /^https?$/ })

/** Auth0's names. Options we do not know are somebody's plans, and no reason to keep users out. */
const schema = z
  .object({
    /** What the provider calls itself, letter by letter. */
    issuer: z.string().optional(),
    discovery_url: url.optional(),
    /** Each replaces what discovery says; with all of them, nothing is discovered. */
    authorization_endpoint: url.optional(),
    token_endpoint: url.optional(),
    userinfo_endpoint: url.optional(),
    jwks_uri: url.optional(),
    client_id: z.string().min(1),
    client_secret: z.string().min(1).optional(),
    scope: z
      .union([z.string(), z.array(z.string()).transform((list) => list.join(' '))])
      .default('openid profile email'),
    token_endpoint_auth_method: z.enum(['client_secret_basic', 'client_secret_post']).nullish(),
    connection_settings: z.object({ pkce: z.enum(['auto', 'S256', 'disabled']).optional() }).optional(),
    id_token_signed_response_algs: z.array(z.string()).min(1).default(['RS256', 'PS256', 'ES256']),
    attribute_map: z
      .object({
        mapping_mode: z.enum(['bind_all', 'use_map', 'basic_profile']).default('bind_all'),
        attributes: z.record(z.string(), z.unknown()).default({}),
      })
      .prefault({}),
    /**
     * The redirect URI: the connection's own, or the one that connections may share. Ours: Auth0 has only the latter. Left out of
     * connections that were made before there was a choice.
     */
    callback: z.enum(['own', 'shared']).optional(),
    /** ID tokens may name other audiences beside us, if `azp` is us. Ours: some providers add the API. */
    accept_other_audiences: z.boolean().default(false),
    /** Whether this provider answers for the addresses it hands out. Ours: Auth0 has it for Entra and ADFS alone (SEC-233). */
    trust_email_verified: z.boolean().default(false),
  })
  .refine(({ issuer, discovery_url }) => issuer ?? discovery_url, { message: 'expected issuer or discovery_url' })

export type OidcOptions = z.infer<typeof schema>

/** @throws UpstreamError naming the first option that cannot be used */
export function oidcOptions(connection: Connection): OidcOptions {
  const parsed = schema.safeParse(connection.options)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UpstreamError('failed', `option ${issue?.path.join('.')}: ${issue?.message}`)
}

/** Sent even to providers that do not announce it: they ignore it, or protect us. Some few refuse it. */
export const usesPkce = ({ connection_settings }: OidcOptions): boolean => connection_settings?.pkce !== 'disabled'
