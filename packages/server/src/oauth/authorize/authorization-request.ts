export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'web_message'
export type Prompt = 'none' | 'login' | 'consent' | 'select_account'

/** Where answers go: proven to be the client's. From here on errors travel back to it (RFC 6749 §4.1.2.1). */
export interface ReturnAddress {
  clientId: string
  redirectUri: string
  /** Whether the request named it, or it was the only one registered. */
  redirectUriSent: boolean
  responseMode: ResponseMode
  state?: string
}

/** An authorization request that has passed every rule that needs no user (RFC 6749 §4.1.1, RFC 7636 §4.3, Core §3.1.2.1). */
export interface AuthorizationRequest {
  returnAddress: ReturnAddress
  /** What may be granted: the scopes asked for that exist and that this client may have. */
  scope: string[]
  /** Whether something that was asked for is missing from `scope`. */
  scopeReduced: boolean
  /** Which client and which API of their names it was validated for; see `tokens/grant-id.ts`. */
  incarnations?: string
  /** Identifier of the API; undefined means `/userinfo` only. */
  audience?: string
  codeChallenge?: string
  nonce?: string
  prompt: Prompt[]
  /** Seconds. */
  maxAge?: number
  loginHint?: string
  screenHint?: string
  uiLocales?: string
  acrValues?: string[]
  /** Name of the connection asked for; enabled for the client. */
  connection?: string
  /** `sub` of a verified `id_token_hint`: the user it must be. */
  subjectHint?: string
}
