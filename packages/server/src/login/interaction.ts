import type { AuthorizationRequest } from '#oauth/authorize/authorization-request.ts'

/**
 * An authorization request that waits while its user does something. Kept on the server, bound to one browser, and fixed at birth:
 * nothing that later pages send can change `request` (SEC-019, SEC-020).
 */
export interface Interaction {
  /** Digest of the `state` in our own URLs. */
  idDigest: string
  /** Grows with each write; a stale write is refused. */
  version: number
  /** Digest of the browser's own cookie. */
  browserDigest: string
  request: AuthorizationRequest
  createdAt: number
  expiresAt: number
  /** Set when the user proved who they are *within* this interaction (satisfies prompt=login and max_age). */
  authenticated?: { sid: string; at: number }
  /**
   * What the user has agreed to on our pages, and under which session: a yes of one account is no yes of another (SEC-163).
   * Present: the user has acted on a page, so a non-verifiable callback needs no further confirmation (SEC-038). A provider that
   * sends the user straight back has shown no page of ours.
   */
  agreed?: Agreement
  /** A login at an identity provider that is under way. */
  upstream?: UpstreamLogin
  /** When the answer went out. After that the interaction only tells the user so. */
  completedAt?: number
}

export interface Agreement {
  sid: string
  /** This account, on the page that asks which, or by typing its name (`prompt=select_account`). */
  chosen?: boolean
  consented?: boolean
}

/** One login sent to an identity provider, with secrets of its own (SEC-227). */
export interface UpstreamLogin {
  stateDigest: string
  connection: string
  /** Of the connection: another one may get its name meanwhile. Absent in what an earlier version began, like `redirectUri`. */
  connectionId?: string
  /** Where this login's answer must arrive; the shared one if absent. */
  redirectUri?: string
  nonce: string
  /** Sealed. */
  codeVerifier: string
  /** Sealed: the `state` in our own URLs, which the provider must not learn and we need when the user is back. */
  ownState: string
  startedAt: number
  /** The user has chosen the provider on our sign-in page; else we sent them there at once. */
  chosen?: boolean
}
