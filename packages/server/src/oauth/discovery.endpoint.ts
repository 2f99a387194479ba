import type { Endpoint } from '#http/endpoint.ts'
import { endpoint } from '#http/endpoint.ts'
import { json } from '#http/reply.ts'
import type { Tenant } from '#tenants/tenant.ts'
import { userClaimNames } from '#tokens/claims.ts'
import { loginClaimNames } from '#tokens/id-token.ts'
import { grants } from './grants/index.ts'
import { standardScopes } from './scope.ts'

const discovery = (path: string): Endpoint =>
  endpoint({
    methods: ['GET'],
    path,
    summary: 'What this server offers and where',
    errors: 'json',
    cors: 'any',
    handle(_request, { tenant, limits }) {
      limits.take('wellKnown', '')
      const headers = { 'cache-control': 'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400' }
      return json(documentOf(tenant), { headers })
    },
  })

/** OpenID Connect Discovery §4, and the same under the name of RFC 8414 §3. */
export const discoveryEndpoints = [
  discovery('/.well-known/openid-configuration'),
  discovery('/.well-known/oauth-authorization-server'),
]

const documents = new WeakMap<Tenant, string>()

function documentOf(tenant: Tenant): string {
  let document = documents.get(tenant)
  if (document === undefined) {
    document = JSON.stringify(describe(tenant))
    documents.set(tenant, document)
  }
  return document
}

function describe({ issuer, settings }: Tenant): object {
  const at = (path: string) => `${issuer}${path}`
  const logout = settings.oidcLogout.rpLogoutEndSessionEndpointDiscovery
  return {
    issuer,
    authorization_endpoint: at('authorize'),
    token_endpoint: at('oauth/token'),
    userinfo_endpoint: at('userinfo'),
    jwks_uri: at('.well-known/jwks.json'),
    revocation_endpoint: at('oauth/revoke'),
    end_session_endpoint: logout ? at('oidc/logout') : undefined,
    scopes_supported: standardScopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: grants.map((grant) => grant.type),
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    claims_supported: [...loginClaimNames, ...userClaimNames].toSorted(),
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    ui_locales_supported: settings.enabledLocales,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  }
}
