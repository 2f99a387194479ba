/** A line of refresh tokens, each replacing the one before; only the newest counts (RFC 9700 §4.14.2). */
export interface RefreshFamily {
  familyId: string
  grantId: string
  clientId: string
  userId: string
  sid?: string
  scope: string[]
  audience?: string
  authenticatedAt: number
  /** Counts the rotations. */
  generation: number
  /** Digest of the newest token. */
  currentDigest: string
  rotatedAt?: number
  /**
   * Milliseconds from the last rotation to the moment in which this was read, as the database counts them, which dated both. Only
   * who looks for one family is told.
   */
  rotationAge?: number
  createdAt: number
  /** Absolute end; undefined never. */
  expiresAt?: number
  idleExpiresAt?: number
  revokedAt?: number
}

/** An access token that only `/userinfo` understands, kept by digest. */
export interface OpaqueAccessToken {
  tokenDigest: string
  grantId: string
  clientId: string
  userId: string
  scope: string[]
  expiresAt: number
}
