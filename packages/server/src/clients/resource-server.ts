/** An API (Auth0) or resource server (RFC 6749 §1.1). Fields keep their Management API names in camelCase. */
export interface ResourceServer {
  id: string
  /** The `audience`; compared byte for byte. */
  identifier: string
  name: string
  scopes: { value: string; description?: string }[]
  signingAlg: 'RS256' | 'PS256' | 'ES256'
  allowOfflineAccess: boolean
  /** Seconds an access token lives. */
  tokenLifetime: number
  tokenDialect: 'access_token' | 'access_token_authz' | 'rfc9068_profile' | 'rfc9068_profile_authz'
  /** RBAC: scopes are cut down to the user's permissions. */
  enforcePolicies: boolean
  skipConsentForVerifiableFirstPartyClients: boolean
  subjectTypeAuthorization: {
    user: { policy: 'allow_all' | 'require_client_grant' | 'deny_all' }
    client: { policy: 'require_client_grant' | 'deny_all' }
  }
  /** Kept by the storage: how many APIs of this identifier were deleted before. Absent for the first. */
  incarnation?: number
}
