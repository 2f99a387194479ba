/** A client's right to an API. What a user has allowed a client is a consent, not this. */
export interface ClientGrant {
  id: string
  clientId: string
  audience: string
  scope: string[]
}
