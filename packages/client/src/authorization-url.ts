import { encodeParameters, type Parameters } from './parameters.ts'

/** What an app may ask of a login, beside the security parameters that the library makes itself. */
export interface LoginHints {
  /** `login` asks for the password again, `none` never shows a page, `consent`, `select_account`. */
  prompt?: string
  /** Seconds since the user last proved who they are; older sessions must do so again. */
  maxAge?: number
  /** Prefills the identifier field. */
  loginHint?: string
  /** `signup` shows the sign-up page. */
  screenHint?: string
  /** Language tags, separated by blanks. */
  uiLocales?: string
  acrValues?: string
  /** Goes straight to this connection. */
  connection?: string
  /** An organization's id (`org_…`) or name. */
  organization?: string
  invitation?: string
  /** Anything else, such as `ext-…`. It never replaces a parameter of the protocol. */
  parameters?: Record<string, string>
}

/** A whole authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1). */
export interface AuthorizationRequest extends LoginHints {
  clientId: string
  redirectUri: string
  /** Separated by blanks. */
  scope: string
  /** The identifier of the API that the access token is for. */
  audience?: string
  state: string
  nonce: string
  codeChallenge: string
}

/**
 * The address that the user's browser is sent to.
 *
 * @example
 * import { authorizationUrl, codeChallengeOf, createCodeVerifier } from '@keywright/client'
 *
 * const codeVerifier = createCodeVerifier()
 * const url = authorizationUrl('https://auth.example.com/', {
 *   clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn',
 *   redirectUri: 'com.myclientapp://myclientapp.com/callback',
 *   scope: 'openid profile',
 *   state: createCodeVerifier(),
 *   nonce: createCodeVerifier(),
 *   codeChallenge: await codeChallengeOf(codeVerifier),
 * })
 * console.log(url) // https://auth.example.com/authorize?response_type=code&client_id=…
 */
export function authorizationUrl(issuer: string, request: AuthorizationRequest): string {
  const parameters: Parameters = {
    ...request.parameters,
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scope,
    ...ifGiven('audience', request.audience),
    state: request.state,
    nonce: request.nonce,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    ...ifGiven('prompt', request.prompt),
    ...ifGiven('max_age', request.maxAge?.toString()),
    ...ifGiven('login_hint', request.loginHint),
    ...ifGiven('screen_hint', request.screenHint),
    ...ifGiven('ui_locales', request.uiLocales),
    ...ifGiven('acr_values', request.acrValues),
    ...ifGiven('connection', request.connection),
    ...ifGiven('organization', request.organization),
    ...ifGiven('invitation', request.invitation),
  }
  return `${issuer}authorize?${encodeParameters(parameters)}`
}

const ifGiven = (name: string, value: string | undefined): Parameters => (value === undefined ? {} : { [name]: value })
