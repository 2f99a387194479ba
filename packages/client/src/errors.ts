/**
 * Every error of this library. `code` is for programs: an OAuth error code when the server said no, else a word of ours
 * that the subclass lists. `message` is for developers.
 *
 * @example
 * import { issuerOf, KeywrightError } from '@keywright/client'
 *
 * try {
 *   issuerOf('ftp://auth.example.com')
 * } catch (error) {
 *   if (error instanceof KeywrightError) console.log(error.code) // invalid_configuration
 * }
 */
export class KeywrightError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** The server sent the user back with an error, such as `access_denied` or `login_required` (RFC 6749 §4.1.2.1). */
export class AuthorizationError extends KeywrightError {
  /** The server's `error_description`, as sent. */
  readonly description: string | undefined

  constructor(code: string, description: string | undefined) {
    super(code, description ?? `The server answered ${code}.`)
    this.name = 'AuthorizationError'
    this.description = description
  }
}

/** The callback is not the answer to a login of ours: `invalid_callback`, `state_mismatch` or `issuer_mismatch`. */
export class CallbackError extends KeywrightError {
  constructor(code: 'invalid_callback' | 'state_mismatch' | 'issuer_mismatch', message: string) {
    super(code, message)
    this.name = 'CallbackError'
  }
}

/** The token, revocation or userinfo endpoint said no, or `invalid_response`: what it said makes no sense. */
export class TokenError extends KeywrightError {
  /** The HTTP status. */
  readonly status: number

  constructor(code: string, message: string, status: number) {
    super(code, message)
    this.name = 'TokenError'
    this.status = status
  }
}

/** The ID token cannot be trusted (OpenID Connect Core §3.1.3.7); `code` is always `invalid_id_token`. */
export class IdTokenError extends KeywrightError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('invalid_id_token', message, options)
    this.name = 'IdTokenError'
  }
}

/** The server could not be reached, or not in time; `code` is always `network_error`. Trying again may help. */
export class NetworkError extends KeywrightError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('network_error', message, options)
    this.name = 'NetworkError'
  }
}

/** Nobody is signed in on this device any more; `code` is always `login_required`. Call `login()`. */
export class LoginRequiredError extends KeywrightError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('login_required', message, options)
    this.name = 'LoginRequiredError'
  }
}
