/** A person. Fields keep their Management API names in camelCase. */
export interface User {
  /** `{provider}|{id}`, such as `auth0|6543…` or `oidc|{connection}|{sub}`: the `sub` claim. */
  userId: string
  /** Name of the connection the user came from first. */
  connection: string
  email?: string
  emailVerified: boolean
  username?: string
  phoneNumber?: string
  phoneVerified?: boolean
  name?: string
  givenName?: string
  middleName?: string
  familyName?: string
  nickname?: string
  preferredUsername?: string
  profile?: string
  picture?: string
  website?: string
  gender?: string
  birthdate?: string
  zoneinfo?: string
  locale?: string
  address?: Record<string, unknown>
  userMetadata: Record<string, unknown>
  appMetadata: Record<string, unknown>
  blocked: boolean
  identities: Identity[]
  /** Epoch milliseconds, like every time in the code. */
  createdAt: number
  updatedAt: number
}

/** The key is (connection, subject): never the e-mail address (SEC-229). */
export interface Identity {
  connection: string
  provider: string
  /** What the provider calls the user. */
  subject: string
  isSocial: boolean
}
