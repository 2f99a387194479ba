import type { Client } from '#clients/client.ts'
import type { ClientGrant } from '#clients/client-grant.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Connection } from '#connections/connection.ts'
import type { Interaction } from '#login/interaction.ts'
import type { LogEvent } from '#logs/log-event.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { AuthorizationCode } from '#tokens/authorization-code.ts'
import type { OpaqueAccessToken, RefreshFamily } from '#tokens/refresh-family.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import type { Consent } from '#users/consent.ts'
import type { Session } from '#users/session.ts'
import type { User } from '#users/user.ts'

/**
 * What we remember of one tenant. No method takes a tenant id, so none can take the wrong one.
 * A promise that changes something settles after the change is durable. Lookups (`find…`) resolve to undefined.
 * Times are epoch milliseconds; the caller hands in `now`, which is `Storage.now` (`ctx.now` in a request).
 */
export interface Store {
  clients: ClientStore
  resourceServers: ResourceServerStore
  clientGrants: ClientGrantStore
  connections: ConnectionStore
  signingKeys: SigningKeyStore
  users: UserStore
  sessions: SessionStore
  consents: ConsentStore
  interactions: InteractionStore
  codes: AuthorizationCodeStore
  refreshFamilies: RefreshFamilyStore
  accessTokens: AccessTokenStore
  /** Revokes every family and access token issued from one authorization, in one commit (a replayed code, SEC-053). */
  revokeGrant(grantId: string, now: number): Promise<void>
  attempts: AttemptStore
  logs: LogStore
  settings: SettingsStore
}

/** All tenants: resolved from the host, once per request. Cached; a change by any process is seen within a second. */
export interface TenantStore {
  findByDomain(domain: string): Promise<Tenant | undefined>
  /** By id; all of them if there is no limit, which only a start and the command line can wait for. */
  list(page?: { after?: string; limit?: number }): Promise<Tenant[]>
  /** Some of those that have no key of this algorithm that signs. */
  listUnableToSign(algorithm: SigningKey['algorithm'], limit: number): Promise<Tenant[]>
  /** Resolves to false, and writes nothing, if the id or the domain is taken (several processes may start at once). */
  create(tenant: Tenant): Promise<boolean>
  update(tenant: Tenant): Promise<void>
  /** A store that sees this tenant only. Cheap: kept per tenant. */
  storeFor(tenant: Tenant): Store
}

/** Managed resources are cached in memory: at once correct in this process, within a second in others. */
export interface ClientStore {
  find(clientId: string): Promise<Client | undefined>
  /** A page, by client id: there may be very many. */
  list(page: { after?: string; limit: number }): Promise<Client[]>
  /** Whether any client has the origin on a list, as `matchesAnyOrigin` judges it. One look into an index at most. */
  listsOrigin(origin: string): Promise<boolean>
  /** Of the first thousand clients that have any. One object for as long as no client changes. */
  listApps(): Promise<readonly NonNullable<Client['mobile']>[]>
  /** Creates or replaces. `secret`, if given, replaces what `client.secretDigests` says and is kept sealed. */
  save(client: Client, secret?: string): Promise<void>
  /** The secret in clear, opened from its seal, for those who may read it. */
  readSecret(clientId: string): Promise<string | undefined>
  /** Also ends what was issued through it, for good: a client that is made under this id later is another one. */
  delete(clientId: string): Promise<void>
}

export interface ResourceServerStore {
  findByIdentifier(identifier: string): Promise<ResourceServer | undefined>
  /** All, from the database: for the start. */
  list(): Promise<ResourceServer[]>
  save(resourceServer: ResourceServer): Promise<void>
  /** Also ends what was granted for it, consents included, for good. */
  delete(id: string): Promise<void>
}

export interface ClientGrantStore {
  find(clientId: string, audience: string): Promise<ClientGrant | undefined>
  list(): Promise<ClientGrant[]>
  save(grant: ClientGrant): Promise<void>
  delete(id: string): Promise<void>
}

export interface ConnectionStore {
  findByName(name: string): Promise<Connection | undefined>
  /** All, from the database: for the start. */
  list(): Promise<Connection[]>
  /** Those that the client may use, by name. */
  listFor(clientId: string): Promise<readonly Connection[]>
  /** `options.client_secret` is sealed at rest and opened on reading. */
  save(connection: Connection): Promise<void>
  delete(id: string): Promise<void>
}

export interface SettingsStore {
  /** Merges into the tenant's settings. */
  update(settings: Tenant['settings']): Promise<void>
}

export interface SigningKeyStore {
  /** All keys, revoked ones included, oldest first. Cached. */
  list(): Promise<SigningKey[]>
  /** Adds a key born with `status`; resolves to false, and adds nothing, if one of that algorithm and status exists already
   *  (two processes may start at once). */
  add(key: SigningKey, privateKeyPem: string): Promise<boolean>
  /**
   * next → current and current → previous, in one step, and adds the new next. Resolves to false if `currentKid` is not current any
   * more. The previous key's private half is destroyed; its public half stays for ever.
   */
  rotate(currentKid: string, next: SigningKey, nextPrivateKeyPem: string, now: number): Promise<boolean>
  /** Destroys the private half, too. */
  revoke(kid: string, now: number): Promise<void>
  /**
   * Revokes every key there is and adds these, in one commit. Resolves to false, and does nothing, if another process did so at the
   * same moment.
   */
  replaceAll(keys: readonly { key: SigningKey; privateKeyPem: string }[], now: number): Promise<boolean>
}

export interface UserStore {
  find(userId: string): Promise<User | undefined>
  /** By e-mail address or user name (whichever matches) of a connection, already normalised. */
  findByIdentifier(connection: string, identifier: string): Promise<User | undefined>
  findByIdentity(connection: string, subject: string): Promise<User | undefined>
  list(page: { after?: string; limit: number }): Promise<User[]>
  /** Resolves to false, and writes nothing, if the id, an identity, or the identifier within the connection is taken. */
  create(user: User, passwordHash?: string): Promise<boolean>
  /**
   * Replaces everything but the password. Blocking ends the user's sessions, families and opaque tokens in the same commit.
   * Resolves to false, and writes nothing, if there is no such user, or an identity or identifier belongs to another; and with
   * `replaces` (as it was read), if anything about the user has changed since: what somebody else did, such as blocking, stays.
   */
  update(user: User, replaces?: User): Promise<boolean>
  /** Also removes everything that was issued to the user. */
  delete(userId: string): Promise<void>
  findPasswordHash(userId: string): Promise<string | undefined>
  /** With what `markPassword` left; a mark speaks of its hash and of no other. */
  findMarkedPassword(userId: string): Promise<{ hash: string; mark: string | undefined } | undefined>
  /** Does nothing unless this is still the hash. */
  markPassword(userId: string, hash: string, mark: string): Promise<void>
  /** Ends the user's sessions, families and opaque tokens in the same commit, unless it is only a stronger hash of the same password. */
  setPasswordHash(
    userId: string,
    hash: string,
    /** With `replaces`, nothing happens unless this is still the hash: a stronger hash must not undo a change of password. */
    options: { samePassword: boolean; now: number; replaces?: string },
  ): Promise<boolean>
}

export interface SessionStore {
  /** By digest of the cookie, main or silent. Undefined once expired, idle for too long or ended. One read. */
  /** The value of one cookie is nothing under the other's name: what frames carry must not become a whole session (SEC-156). */
  findByCookie(kind: 'main' | 'silent', cookieDigest: string, now: number): Promise<Session | undefined>
  find(sid: string): Promise<Session | undefined>
  listForUser(userId: string): Promise<Session[]>
  /**
   * Opens a session and ends the one it replaces, in one commit (SEC-154). With `proven`, only if the user and the password are still
   * what they were when the proof was looked at: resolves to false, and does nothing, if either has changed or gone meanwhile.
   */
  open(
    session: Session,
    cookies: { main: string; silent: string },
    replaces?: string,
    proven?: { user: User; passwordHash?: string },
  ): Promise<boolean>
  /** Moves the idle limit. */
  touch(sid: string, activeAt: number, idleExpiresAt: number): Promise<void>
  end(sid: string): Promise<void>
  endForUser(userId: string): Promise<void>
}

export interface ConsentStore {
  find(userId: string, clientId: string, audience: string): Promise<Consent | undefined>
  /** Adds the scopes to what is there. */
  add(consent: Consent, now: number): Promise<void>
  /** Ends the families and opaque tokens it covered, too. */
  revoke(userId: string, clientId: string, audience: string): Promise<void>
}

export interface InteractionStore {
  create(interaction: Interaction): Promise<void>
  /** By digest of the `state` in the URL. Undefined once expired. Completed ones are still found. */
  find(idDigest: string, now: number): Promise<Interaction | undefined>
  /** By digest of the state sent upstream. */
  findByUpstreamState(stateDigest: string, now: number): Promise<Interaction | undefined>
  /** Writes it back if nobody has since (`version` grows by one); resolves to false if somebody has. */
  update(interaction: Interaction): Promise<boolean>
}

export interface AuthorizationCodeStore {
  create(code: AuthorizationCode): Promise<void>
  /** Also finds spent ones, until they are swept (a day). */
  find(codeDigest: string): Promise<AuthorizationCode | undefined>
  /**
   * Spends the code and stores what is issued for it, in one commit. Resolves to false, and stores nothing, if the code was
   * already spent: of any number of racing requests exactly one gets true (RFC 6749 §4.1.2).
   */
  redeem(
    codeDigest: string,
    issued: {
      family?: RefreshFamily
      accessToken?: OpaqueAccessToken
      /** Of a JWT, which is not stored: its grant is remembered until then. */
      accessTokenEndsAt?: number
    },
    now: number,
  ): Promise<boolean>
}

export interface RefreshFamilyStore {
  /** One read. */
  find(familyId: string): Promise<RefreshFamily | undefined>
  /**
   * Moves the family from `generation` to the next, in one statement, and stores the opaque token if one is issued, in the same
   * commit. Resolves to false if the family is not at `generation` with `currentDigest` any more, or is revoked.
   */
  rotate(
    family: { familyId: string; generation: number; currentDigest: string },
    next: { digest: string; idleExpiresAt?: number },
    now: number,
    accessToken?: OpaqueAccessToken,
  ): Promise<boolean>
  /**
   * Lets the token stay: renews the idle limit, at most once a minute, and stores the opaque token. Resolves to false, like
   * `rotate`, if the family is not what it was any more.
   */
  use(
    family: { familyId: string; generation: number; currentDigest: string },
    idleExpiresAt: number | undefined,
    now: number,
    accessToken?: OpaqueAccessToken,
  ): Promise<boolean>
  revoke(familyId: string, now: number): Promise<void>
  listForUser(userId: string, clientId?: string): Promise<RefreshFamily[]>
}

export interface AccessTokenStore {
  /** The opaque token and its user, in one read. Undefined once expired or revoked, or if the user is gone. */
  findWithUser(tokenDigest: string, now: number): Promise<{ token: OpaqueAccessToken; user: User } | undefined>
  /** The user of a JWT, in one read. Undefined if any of the ids, of its grant and of itself, was revoked, or the user is gone. */
  findUserUnlessRevoked(userId: string, ids: { grantId: string; tokenId: string }): Promise<User | undefined>
  /** Ends one opaque token of this client. */
  revoke(tokenDigest: string, clientId: string): Promise<void>
  /** Ends one JWT, for as long as it could live. */
  revokeById(tokenId: string, expiresAt: number): Promise<void>
}

/** Failed attempts, counted per key: an account, an address, a pair of both. */
export interface AttemptStore {
  /** Counts one more in the window of `windowMs` that is open for the key (or opens one); resolves to the count. One atomic statement (SEC-194). */
  count(key: string, now: number, windowMs: number): Promise<number>
  /** The same for several keys, in one commit; resolves to the counts in their order. */
  countAll(keys: readonly { key: string; windowMs: number }[], now: number): Promise<number[]>
  /** The count of the open window, or 0. */
  read(key: string, now: number): Promise<number>
  /** Takes back one count of each key, and clears another key altogether, in one commit. */
  takeBack(keys: readonly string[], clears?: string): Promise<void>
  clear(key: string): Promise<void>
}

export interface LogStore {
  /** Queued and written in batches, in the background; `flush` waits for what is queued. */
  append(event: LogEvent): void
  flush(): Promise<void>
  /** Newest first. */
  list(options: { limit: number; type?: string; before?: string }): Promise<LogEvent[]>
  find(logId: string): Promise<LogEvent | undefined>
}

/** The database behind every tenant's store. */
export interface Storage {
  /**
   * The one clock that judges every age in the house, in epoch milliseconds: on PostgreSQL the database's, so that processes whose
   * machines disagree do not; on SQLite this machine's. Costs no query.
   */
  now(): number
  tenants: TenantStore
  /** Says by what clients are found that an earlier version wrote. For the start. */
  indexClients(): Promise<void>
  /** Rewrites digests of client secrets that an earlier version made without a key. For the start. */
  keyClientDigests(): Promise<void>
  /**
   * Deletes expired rows of every table in small batches; resolves to how many. Deletes nothing, and says so to `onError`, while the
   * clock is not to be believed (`sweep-clock.ts`).
   */
  sweep(now: number): Promise<number>
  /**
   * Runs the task while no other process on this PostgreSQL runs one: what a start does must not be done twice at once. A SQLite
   * file has one server; there the task just runs.
   */
  exclusively<T>(task: () => Promise<T>): Promise<T>
  /** Throws if the database cannot be reached or lacks a migration. */
  check(): Promise<void>
  close(): Promise<void>
}
