import type { AppType } from './registered-url.ts'

export type TokenEndpointAuthMethod = 'none' | 'client_secret_post' | 'client_secret_basic'

/** An application (Auth0) or client (RFC 6749 §2). Fields keep their Management API names in camelCase. */
export interface Client {
  clientId: string
  name: string
  description?: string
  logoUri?: string
  appType: AppType
  isFirstParty: boolean
  tokenEndpointAuthMethod: TokenEndpointAuthMethod
  /** Keyed digests of the secrets that are valid now; more than one only while a rotation overlaps. See `crypto/secret-digest.ts`. */
  secretDigests: string[]
  callbacks: string[]
  allowedLogoutUrls: string[]
  webOrigins: string[]
  allowedOrigins: string[]
  grantTypes: string[]
  jwtConfiguration: {
    /** Seconds an ID token lives. */
    lifetimeInSeconds: number
    alg: 'RS256' | 'PS256' | 'ES256'
  }
  refreshToken: RefreshTokenSettings
  mobile?: {
    ios?: { teamId: string; appBundleIdentifier: string }
    android?: { appPackageName: string; sha256CertFingerprints: string[] }
  }
  /** Unset: the tenant's setting counts. */
  skipNonVerifiableCallbackUriConfirmationPrompt?: boolean
  /** For confidential clients; public ones always need PKCE (RFC 8252 §8.1). A challenge that was sent is always enforced. */
  requirePkce: boolean
  /** `require`: the client lets nobody in who does not come for an organization. Unset: `deny`. */
  organizationUsage?: 'deny' | 'allow' | 'require'
  /** Claims as the standards write them where Auth0 differs: `updated_at` as a number. */
  standardClaims: boolean
  initiateLoginUri?: string
  clientMetadata: Record<string, string>
  /** Kept by the storage: how many clients of this id were deleted before. Absent for the first. */
  incarnation?: number
}

export interface RefreshTokenSettings {
  rotationType: 'rotating' | 'non-rotating'
  expirationType: 'expiring' | 'non-expiring'
  /** Seconds in which the token just replaced is answered with the same successor; 0 is strict. */
  leeway: number
  /** Seconds from first issue to the end of the family. */
  tokenLifetime: number
  infiniteTokenLifetime: boolean
  /** Seconds from one use to the next. */
  idleTokenLifetime: number
  infiniteIdleTokenLifetime: boolean
}

/** True for a client that cannot keep a secret (RFC 6749 §2.1). */
export const isPublic = (client: Client): boolean => client.tokenEndpointAuthMethod === 'none'
