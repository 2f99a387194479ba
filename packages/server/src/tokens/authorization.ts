import type { Client } from '#clients/client.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { User } from '#users/user.ts'

/** What tokens are made from: who may do what, where, through which client. A grant makes it; only `issue-tokens.ts` reads it. */
export interface Authorization {
  client: Client
  /** Absent for a machine: the client itself is the subject. */
  user?: User
  /** Absent for a machine. */
  grantId?: string
  /** Absent: the access token is good for `/userinfo` only. */
  resourceServer?: ResourceServer
  scope: string[]
  /** Whether the answer must name the scope (RFC 6749 §5.1). */
  tellScope: boolean
  /** Auth0's `gty` claim. */
  grantType?: 'client-credentials' | 'refresh_token'
  idToken?: { nonce?: string; authTime?: number; sid?: string }
  /** Made and stored by the grant, in the same commit that spent what it was made from. */
  refreshToken?: string
  /** Likewise; present exactly if there is no `resourceServer`. */
  opaqueAccessToken?: string
}

/** RFC 6749 §5.1. */
export interface TokenResponse {
  access_token: string
  token_type: 'Bearer'
  /** Seconds. */
  expires_in: number
  scope?: string
  id_token?: string
  refresh_token?: string
}
