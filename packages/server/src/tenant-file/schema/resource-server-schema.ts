import { z } from 'zod'
import { longestScope } from '#oauth/scope.ts'
import { idTokenAlgorithm } from './client-schema.ts'
import { plainName } from './one-line.ts'

const scope = z
  .string()
  .min(1)
  .max(longestScope)
  // RFC 6749 §3.3: what a scope token is made of; a space would make it two.
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'expected printable ASCII without spaces, quotes and backslashes')

/** An API, in the names of the Management API. */
export const resourceServerSchema = z
  .strictObject({
    identifier: z
      .string()
      .min(1)
      .max(600)
      .regex(/^\S+$/, 'expected a text without spaces')
      // It is part of keys of the database, beside ids and a scope.
      .refine((text) => Buffer.byteLength(text) <= 600, 'expected at most 600 bytes in UTF-8'),
    name: plainName(200).optional(),
    scopes: z
      .array(z.strictObject({ value: scope, description: z.string().max(500).optional() }))
      .max(1000)
      .optional(),
    signing_alg: idTokenAlgorithm.optional(),
    allow_offline_access: z.boolean().optional(),
    token_lifetime: z.int().min(1).max(2_592_000).optional(),
    token_dialect: z
      .enum(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'])
      .optional(),
    enforce_policies: z.boolean().optional(),
    skip_consent_for_verifiable_first_party_clients: z.boolean().optional(),
    subject_type_authorization: z
      .strictObject({
        user: z.strictObject({ policy: z.enum(['allow_all', 'require_client_grant', 'deny_all']) }).optional(),
        client: z.strictObject({ policy: z.enum(['require_client_grant', 'deny_all']) }).optional(),
      })
      .optional(),
  })
  .refine(({ scopes = [] }) => new Set(scopes.map(({ value }) => value)).size === scopes.length, {
    path: ['scopes'],
    message: 'one scope is listed twice',
  })

/** `client_id` may be the name of a client, as in Auth0's exports. */
export const clientGrantSchema = z.strictObject({
  client_id: z.string().min(1),
  audience: z.string().min(1),
  scope: z.array(scope).max(1000).optional(),
})

export type ResourceServerEntry = z.infer<typeof resourceServerSchema>
export type ClientGrantEntry = z.infer<typeof clientGrantSchema>
