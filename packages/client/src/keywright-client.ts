import { authorizationUrl } from './authorization-url.ts'
import { checkCallback, parseCallback } from './callback.ts'
import { codeChallengeOf, createCodeVerifier, randomText } from './code-verifier.ts'
import { type Environment, environmentFrom, memoryStorage, type Storage } from './environment.ts'
import { CallbackError, IdTokenError, KeywrightError, TokenError } from './errors.ts'
import { type IdTokenClaims, type IdTokenExpectations, verifyIdToken } from './id-token.ts'
import { issuerOf } from './issuer.ts'
import { type KeySource, remoteKeys } from './jwks.ts'
import type { KeywrightClientOptions, LoginOptions, LoginResult } from './login-options.ts'
import { type LogoutOptions, logoutUrl } from './logout-url.ts'
import { exclusively, inTurn, oneAtATime } from './one-at-a-time.ts'
import { type PendingRequest, PendingRequests, type Received } from './pending-requests.ts'
import { refreshWithRetry } from './refresh.ts'
import { exchangeCode, fetchUser, revokeToken, type TokenResponse } from './token-request.ts'
import { storagePrefix, type TokenStore, type Tokens, tokenStore } from './token-store.ts'

const DEFAULT_SCOPE = 'openid profile email'

/**
 * Signs users in with the authorization code grant and PKCE, and keeps them signed in.
 *
 * @example
 * import { KeywrightClient } from '@keywright/client'
 *
 * const client = new KeywrightClient({
 *   domain: 'http://localhost:3000',
 *   clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn',
 *   redirectUri: 'com.myclientapp://myclientapp.com/callback',
 *   scope: 'openid profile offline_access appointments',
 *   audience: 'appointments:api',
 *   browser, // opens the system browser; the README shows one for each platform
 * })
 */
export class KeywrightClient {
  /** What stands in the `iss` of every token: the domain's origin and a slash. */
  readonly issuer: string
  readonly #options: KeywrightClientOptions
  readonly #environment: Environment
  readonly #storage: Storage
  readonly #pending: PendingRequests
  readonly #tokens: TokenStore
  readonly #turnName: string
  readonly #keys: KeySource

  constructor(options: KeywrightClientOptions) {
    this.issuer = issuerOf(options.domain)
    this.#options = options
    this.#environment = environmentFrom(options)
    this.#storage = options.storage ?? memoryStorage()
    const prefix = storagePrefix(this.issuer, options.clientId)
    this.#pending = new PendingRequests(this.#storage, prefix, this.#environment)
    this.#tokens = tokenStore(this.#storage, prefix)
    this.#turnName = `${prefix}.refresh`
    this.#keys = remoteKeys(this.issuer, this.#environment)
  }

  /**
   * Sends the user through the browser that was handed in, and resolves when they are signed in. Throws what
   * `handleCallback` throws, and what the browser throws when the user closes it.
   *
   * @example
   * const { user } = await client.login({ uiLocales: 'de en' })
   * console.log(user.name)
   */
  async login(options: LoginOptions = {}): Promise<LoginResult> {
    const { browser } = this.#options
    if (!browser) throw new KeywrightError('invalid_configuration', 'login() needs a browser. Hand one in.')
    const { url, state } = await this.#begin(options)
    try {
      return await this.#finish(await browser.open(url), state)
    } finally {
      await this.#pending.drop(state) // the user may have closed the browser
    }
  }

  /**
   * Starts a login and returns the address to send the user to: for web pages, which leave and come back.
   *
   * @example
   * const url = await client.authorizationUrl({ appState: { page: '/appointments' } })
   * console.log(url) // http://localhost:3000/authorize?response_type=code&client_id=Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn&…
   * // in a web page: location.assign(url)
   */
  async authorizationUrl(options: LoginOptions = {}): Promise<string> {
    return (await this.#begin(options)).url
  }

  /**
   * Ends a login with the address that the user came back to: checks it, redeems the code, verifies the ID token and stores
   * the tokens. Works once for each login; only when the code was redeemed but the server's keys or the storage could not be
   * reached, the same address may be handed in again. Throws `CallbackError`, `AuthorizationError`, `TokenError`,
   * `IdTokenError` or `NetworkError`.
   *
   * @example
   * const url = await client.authorizationUrl({ appState: '/appointments' })
   * const callbackUrl = await browser.open(url) // in a web page: location.href, after the user came back
   * const { tokens, appState } = await client.handleCallback(callbackUrl)
   * console.log(appState) // /appointments
   * console.log(tokens.scope) // openid profile offline_access appointments
   */
  handleCallback(url: string): Promise<LoginResult> {
    return this.#finish(url)
  }

  /**
   * An access token for the API that is good for a while, refreshed first if need be. Throws `LoginRequiredError` when nobody
   * is signed in any more.
   *
   * @example
   * await client.login()
   * const headers = { authorization: `Bearer ${await client.getAccessToken()}` }
   * // now: fetch('https://api.example.com/appointments', { headers })
   */
  async getAccessToken(options: { minimumSeconds?: number } = {}): Promise<string> {
    const tokens = await this.#tokens.read()
    const neededUntil = this.#environment.now() + (options.minimumSeconds ?? 30) * 1000
    if (tokens && tokens.expiresAt > neededUntil) return tokens.accessToken
    return (await this.#refreshFrom(tokens)).accessToken
  }

  /**
   * Gets new tokens for the refresh token. Callers that come at the same time share one request, because a rotating refresh
   * token works once. Throws `LoginRequiredError` when the server does not accept it any more; after a `NetworkError` the
   * user is still signed in.
   *
   * @example
   * await client.login()
   * const { expiresAt } = await client.refresh()
   * console.log(new Date(expiresAt))
   */
  refresh(): Promise<Tokens> {
    return this.#refreshFrom()
  }

  /**
   * Who is signed in, asked afresh at the server's userinfo endpoint. For what the ID token said at login, without asking,
   * see `claims` of `tokens()`.
   *
   * @example
   * await client.login()
   * const user = await client.user()
   * console.log(user.sub, user.email)
   */
  async user(): Promise<{ sub: string; [claim: string]: unknown }> {
    const user = await fetchUser(this.issuer, await this.getAccessToken(), this.#environment)
    const expected = (await this.#tokens.read())?.claims?.sub
    if (expected !== undefined && user.sub !== expected) {
      // A token of somebody else was slipped in (OpenID Connect Core §5.3.2).
      throw new TokenError('invalid_response', 'The server described another user than the one who signed in.', 200)
    }
    return user
  }

  /**
   * What is stored, without asking the server; nothing when nobody is signed in. The access token may have expired.
   *
   * @example
   * await client.login()
   * console.log((await client.tokens())?.claims?.name)
   */
  tokens(): Promise<Tokens | undefined> {
    return this.#tokens.read()
  }

  /**
   * Signs out: forgets the tokens on this device, revokes the refresh token, and returns the address that ends the session at
   * the server. With a browser and a `returnTo`, it also sends the user there. When the server cannot be told, it throws, but
   * the tokens are forgotten all the same.
   *
   * @example
   * await client.login()
   * const url = await client.logout()
   * console.log(url) // http://localhost:3000/oidc/logout?client_id=Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn&id_token_hint=…
   * // in a web page: location.assign(url)
   */
  async logout(options: LogoutOptions = {}): Promise<string> {
    // In turn, or a refresh under way would store tokens after we forgot them.
    const tokens = await this.#inTurn(async () => {
      const stored = await this.#tokens.read()
      await this.#tokens.forget()
      return stored
    })
    const { clientId, browser } = this.#options
    if (tokens?.refreshToken) {
      await revokeToken(this.issuer, { clientId, token: tokens.refreshToken }, this.#environment)
    }
    const url = logoutUrl(this.issuer, { ...options, clientId, idTokenHint: tokens?.loginIdToken })
    if (browser && options.returnTo !== undefined) await browser.open(url)
    return url
  }

  async #begin(options: LoginOptions): Promise<{ url: string; state: string }> {
    const redirectUri = options.redirectUri ?? this.#options.redirectUri
    if (!redirectUri) throw new KeywrightError('invalid_configuration', 'A login needs a redirectUri to come back to.')
    const { appState, ...hints } = options
    const scope = options.scope ?? this.#options.scope ?? DEFAULT_SCOPE
    const audience = options.audience ?? this.#options.audience
    const [state, nonce] = [randomText(this.#environment), randomText(this.#environment)]
    const codeVerifier = createCodeVerifier(this.#environment)
    const codeChallenge = await codeChallengeOf(codeVerifier, this.#environment)
    const { maxAge, organization } = options
    await this.#pending.add(state, { codeVerifier, nonce, redirectUri, scope, maxAge, organization, appState })
    const { clientId } = this.#options
    const request = { ...hints, clientId, redirectUri, scope, audience, state, nonce, codeChallenge }
    return { url: authorizationUrl(this.issuer, request), state }
  }

  async #finish(callbackUrl: string, onlyState?: string): Promise<LoginResult> {
    const callback = parseCallback(callbackUrl)
    const state = callback.state ?? ''
    if (onlyState !== undefined && state !== onlyState) throw notUnderWay()
    return this.#pending.answer(state, async (pending) => {
      if (!pending) throw notUnderWay()
      const { requireIssuer } = this.#options
      const code = checkCallback(callback, { state, issuer: this.issuer, requireIssuer })
      const { response, at } = pending.received ?? (await this.#redeem(code, state, pending))
      const claims = await this.#verifyLogin(response, pending).catch(async (error: unknown) => {
        if (error instanceof IdTokenError) await this.#pending.drop(state)
        throw error
      })
      const { idToken } = response
      const tokens = { ...toTokens(response, pending.scope, at), idToken, claims, loginIdToken: idToken }
      await this.#inTurn(() => this.#tokens.write(tokens))
      await this.#pending.drop(state)
      return { user: claims, tokens, appState: pending.appState }
    })
  }

  /** A code works once, so its answer is kept before anything else can fail: `handleCallback` goes on from there. */
  async #redeem(code: string, state: string, pending: PendingRequest): Promise<Received> {
    const { codeVerifier, redirectUri } = pending
    const { clientId } = this.#options
    const response = await exchangeCode(this.issuer, { clientId, code, codeVerifier, redirectUri }, this.#environment)
    const received = { response, at: this.#environment.now() }
    // A storage that refuses gets another chance with the verified tokens; this try is for what may fail before.
    await this.#pending.add(state, { ...pending, received }).catch(() => {})
    return received
  }

  async #verifyLogin({ idToken }: TokenResponse, pending: PendingRequest): Promise<IdTokenClaims | undefined> {
    if (idToken !== undefined) return this.#verify(idToken, pending)
    if (!pending.scope.split(' ').includes('openid')) return undefined
    throw new IdTokenError('The server sent no ID token although "openid" was asked for.')
  }

  /** `seen` is what the caller found too old; if something newer is stored when its turn comes, that will do. */
  #refreshFrom(seen?: Tokens): Promise<Tokens> {
    const inOurTurn = async () => {
      const before = seen ?? (await this.#tokens.read())
      return exclusively(this.#storage, this.#turnName, () => this.#refreshNow(before))
    }
    return oneAtATime(this.#storage, this.#turnName, () => inTurn(this.#storage, this.#turnName, inOurTurn))
  }

  #refreshNow(seen: Tokens | undefined): Promise<Tokens> {
    return refreshWithRetry({
      issuer: this.issuer,
      clientId: this.#options.clientId,
      store: this.#tokens,
      seen,
      environment: this.#environment,
      toTokens: (response, before) => this.#toRefreshedTokens(response, before),
    })
  }

  /** Whoever changes the stored tokens waits for those who are doing so, in this page and in others. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return inTurn(this.#storage, this.#turnName, () => exclusively(this.#storage, this.#turnName, work))
  }

  async #toRefreshedTokens(response: TokenResponse, before: Tokens): Promise<Tokens> {
    const fresh = toTokens(response, before.scope, this.#environment.now())
    const { refreshToken = before.refreshToken, idToken } = response
    if (idToken === undefined) return { ...before, ...fresh, refreshToken }
    const nonce = typeof before.claims?.nonce === 'string' ? before.claims.nonce : undefined
    const subject = before.claims?.sub
    const claims = await this.#verify(idToken, { nonce, nonceMayBeAbsent: true, subject })
    return { ...before, ...fresh, refreshToken, idToken, claims: { ...before.claims, ...claims } }
  }

  #verify(idToken: string, expected: Partial<IdTokenExpectations>): Promise<IdTokenClaims> {
    const { clientId, algorithms } = this.#options
    const { nonce, nonceMayBeAbsent, maxAge, organization, subject } = expected
    const checks = { nonce, nonceMayBeAbsent, maxAge, organization, subject, algorithms }
    return verifyIdToken(idToken, { issuer: this.issuer, clientId, ...checks }, this.#keys, this.#environment)
  }
}

function toTokens(
  { accessToken, expiresIn, scope, refreshToken }: TokenResponse,
  askedScope: string,
  at: number,
): Tokens {
  return { accessToken, expiresAt: at + expiresIn * 1000, scope: scope ?? askedScope, refreshToken }
}

const notUnderWay = () => new CallbackError('state_mismatch', 'The callback does not answer a login that is under way.')
