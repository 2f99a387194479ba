import type { Context } from '#context.ts'
import type { Connection } from './connection.ts'

/** What a provider says of a user, in our words. */
export interface Profile {
  /** What the provider calls the user; unique within the connection. */
  subject: string
  email?: string
  /** True only if the connection is marked as authoritative for addresses and the provider said so (SEC-233). */
  emailVerified: boolean
  username?: string
  name?: string
  givenName?: string
  familyName?: string
  middleName?: string
  nickname?: string
  picture?: string
  locale?: string
  zoneinfo?: string
  phoneNumber?: string
  /** When the user last proved to the provider who they are, epoch milliseconds, if it says so (`auth_time`, Core §2). */
  signedInAt?: number
}

/** What is made for one login and must come back with it (RFC 9700 §4.4.2). */
export interface UpstreamSecrets {
  state: string
  nonce: string
  codeVerifier: string
  /** Where the answer must arrive. One that only this connection has tells whose answer it is (RFC 9700 §4.4.2.2). */
  redirectUri: string
  /** Other connections have the same redirect URI, so the answer must say who gives it (RFC 9207). */
  sharesRedirectUri?: boolean
  /**
   * Epoch milliseconds: since when the user must have signed in there, if we asked for that. With `max_age` the provider owes us
   * the proof; with `prompt=login` it may leave it out (Core §3.1.2.1).
   */
  signedInSince?: { time: number; proof: 'required' | 'optional' }
}

/** Sends users away and receives them back. */
export interface RedirectStrategy {
  strategy: string
  /**
   * Whether answers come to the one redirect URI that all connections may have; else to one of the connection's own.
   * @throws UpstreamError where that would be wished for, but is not safe
   */
  sharesRedirectUri(connection: Connection, ctx: Context): Promise<boolean>
  /** Where to send the user. @throws UpstreamError */
  begin(
    connection: Connection,
    secrets: UpstreamSecrets,
    wishes: { loginHint?: string; prompt?: string; maxAge?: number; uiLocales?: string },
    ctx: Context,
  ): Promise<string>
  /** Who came back. @throws UpstreamError */
  finish(
    connection: Connection,
    callback: ReadonlyMap<string, string>,
    secrets: UpstreamSecrets,
    ctx: Context,
  ): Promise<Profile>
}

/** A login at a provider that did not work. The message is for the tenant's log, never for a page (SEC-251). */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  /** `denied`: the user said no there. `failed`: the provider is down, slow, or its answer does not hold. */
  readonly kind: 'denied' | 'failed'

  constructor(kind: 'denied' | 'failed', message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.kind = kind
  }
}
