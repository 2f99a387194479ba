/** What a user has allowed a client (Auth0: `/api/v2/grants`). */
export interface Consent {
  userId: string
  clientId: string
  /** Empty string: no API, only the profile. */
  audience: string
  scope: string[]
}
