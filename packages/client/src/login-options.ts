import type { LoginHints } from './authorization-url.ts'
import type { Browser, Environment, Storage } from './environment.ts'
import type { IdTokenClaims } from './id-token.ts'
import type { SigningAlgorithm } from './signature.ts'
import type { Tokens } from './token-store.ts'

export interface KeywrightClientOptions extends Partial<Environment> {
  /** The tenant: `auth.example.com`, `https://auth.example.com`, or `http://localhost:3000` in development. */
  domain: string
  clientId: string
  /** One of the client's allowed callbacks; `login` may override it, as a loopback port is known late. */
  redirectUri?: string
  /** Separated by blanks; default `openid profile email`. Add `offline_access` to stay signed in. */
  scope?: string
  /** The identifier of the API to call. */
  audience?: string
  /** Default: memory, so the user is signed out when the app ends. */
  storage?: Storage
  /** Needed by `login`. */
  browser?: Browser
  /** Algorithms that an ID token may be signed with; default RS256, PS256, ES256. */
  algorithms?: readonly SigningAlgorithm[]
  /** False for servers that do not send `iss` in the callback (RFC 9207), such as Auth0's own. Default true. */
  requireIssuer?: boolean
}

export interface LoginOptions extends LoginHints {
  redirectUri?: string
  scope?: string
  audience?: string
  /** Comes back from `handleCallback` as it is: the page to return to, say. Must survive JSON. */
  appState?: unknown
}

export interface LoginResult {
  /** Who signed in; absent when `openid` was not asked for. */
  user?: IdTokenClaims
  tokens: Tokens
  appState?: unknown
}
