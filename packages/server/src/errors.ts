/** The registered codes we use, and Auth0's where its SDKs look for them. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'unsupported_token_type'
  | 'access_denied'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'unauthorized'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'too_many_attempts'
  | 'too_many_requests'
  | 'temporarily_unavailable'
  | 'server_error'

/** A refusal at a protocol endpoint. It becomes JSON, a page or a redirect: that is decided where it is caught. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  /** 400, unless the RFC or Auth0 says otherwise. */
  readonly status: number
  /** What was asked and what was allowed: for the tenant's log, never for the wire. */
  readonly detail: unknown
  readonly headers: Record<string, string>

  /** @param description the `error_description`: fixed text for the developer who reads it, never an echo of input (SEC-093) */
  constructor(
    code: OAuthErrorCode,
    description: string,
    options: { status?: number; detail?: unknown; headers?: Record<string, string> } = {},
  ) {
    super(description)
    this.code = code
    this.status = options.status ?? 400
    this.detail = options.detail
    this.headers = options.headers ?? {}
  }
}

/** A request that no endpoint can make sense of: wrong method, type, size or encoding. Plain and without a page. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** A wrong setting or tenant file: the start stops with this sentence. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

export const invalidRequest = (description: string, detail?: unknown): OAuthError =>
  new OAuthError('invalid_request', description, { detail })

export const accessDenied = (description: string, detail?: unknown): OAuthError =>
  new OAuthError('access_denied', description, { status: 403, detail })

/** 400, not Auth0's 403: RFC 6749 §5.2 says so, and no SDK tells the two apart. */
export const invalidGrant = (description: string, detail?: unknown): OAuthError =>
  new OAuthError('invalid_grant', description, { detail })

/** The words are Auth0's: SDKs compare them. */
export const userIsBlocked = (userId: string): OAuthError =>
  new OAuthError('unauthorized', 'user is blocked', { status: 403, detail: { userId } })
