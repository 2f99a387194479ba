/** Single sign-on: one browser, one user, all clients of the tenant. */
export interface Session {
  /** The `sid` claim. Not the cookie: knowing it opens nothing. */
  sid: string
  userId: string
  connection: string
  /** When the user last proved who they are: the `auth_time` claim, epoch milliseconds. */
  authenticatedAt: number
  amr: string[]
  /** Last time that counted against the idle limit. */
  activeAt: number
  idleExpiresAt: number
  expiresAt: number
}
