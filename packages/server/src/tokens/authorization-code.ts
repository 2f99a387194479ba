/** A code that waits to be exchanged, with all that it is bound to (SEC-055). Kept by digest; the code itself is never stored. */
export interface AuthorizationCode {
  codeDigest: string
  /** Shared by everything issued from this authorization. */
  grantId: string
  clientId: string
  userId: string
  sid: string
  redirectUri: string
  /** Whether the request named it: then the exchange must, too (RFC 6749 §4.1.3). */
  redirectUriSent: boolean
  codeChallenge?: string
  /** What was granted, API scopes and OpenID Connect ones alike, in the order asked. */
  scope: string[]
  /** Whether that differs from what was asked: then the token response says so (RFC 6749 §5.1). */
  scopeReduced: boolean
  audience?: string
  nonce?: string
  /** Epoch milliseconds; present if the ID token must carry `auth_time`. */
  authTime?: number
  /** When the user proved who they are, whether or not it is to be told. */
  authenticatedAt: number
  createdAt: number
  expiresAt: number
  redeemedAt?: number
}

/** Milliseconds that two processes may date apart. */
const skew = 60_000

/** Whether its time has come and not passed: a clock that was set back does not let a code live for longer than a minute (SEC-331). */
export const isFresh = ({ createdAt, expiresAt }: AuthorizationCode, now: number): boolean =>
  createdAt - skew <= now && now < expiresAt
