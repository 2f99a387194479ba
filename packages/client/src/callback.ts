import { AuthorizationError, CallbackError } from './errors.ts'
import { queryParameters } from './parameters.ts'

/** What the server sent back with the browser, not yet trusted. */
export interface CallbackParameters {
  code?: string
  state?: string
  iss?: string
  error?: string
  errorDescription?: string
}

/**
 * Reads the answer out of a callback URL of any scheme. It checks nothing but the form: a parameter sent twice, or neither
 * `code` nor `error`, is `invalid_callback` (RFC 6749 §3.1, §4.1.2).
 *
 * @example
 * import { parseCallback } from '@keywright/client'
 *
 * const { code, state } = parseCallback('com.myclientapp://myclientapp.com/callback?code=SplxlOBe&state=xyz')
 * console.log(code, state) // SplxlOBe xyz
 */
export function parseCallback(url: string): CallbackParameters {
  const query = readQuery(url)
  const only = (name: string): string | undefined => {
    const values = query.get(name)
    if (values !== undefined && values.length > 1) throw invalid(`The callback carries "${name}" more than once.`)
    return values?.[0]
  }
  const parameters: CallbackParameters = {
    code: only('code'),
    state: only('state'),
    iss: only('iss'),
    error: only('error'),
    errorDescription: only('error_description'),
  }
  if (!parameters.code && !parameters.error) throw invalid('The callback carries neither a code nor an error.')
  return parameters
}

/**
 * Trusts a callback, or throws: `state_mismatch` when it answers another request (RFC 6749 §10.12), `issuer_mismatch` when
 * another server sent it (RFC 9207 §2.4), `AuthorizationError` when the server said no. Returns the code.
 *
 * @example
 * import { checkCallback, parseCallback } from '@keywright/client'
 *
 * const callback = parseCallback('com.app:/cb?code=SplxlOBe&state=xyz&iss=https%3A%2F%2Fauth.example.com%2F')
 * console.log(checkCallback(callback, { state: 'xyz', issuer: 'https://auth.example.com/' })) // SplxlOBe
 */
export function checkCallback(
  callback: CallbackParameters,
  expected: {
    state: string
    issuer: string
    /** Auth0's own servers do not send `iss`; Keywright always does, so its absence is suspicious. Default true. */
    requireIssuer?: boolean
  },
): string {
  if (callback.state !== expected.state) {
    throw new CallbackError('state_mismatch', 'The callback answers another request than the one this app made.')
  }
  const issuerMayBeAbsent = expected.requireIssuer === false && callback.iss === undefined
  if (callback.iss !== expected.issuer && !issuerMayBeAbsent) {
    const sender = callback.iss === undefined ? 'nobody in particular' : `"${callback.iss}"`
    throw new CallbackError('issuer_mismatch', `The callback is from ${sender}, not from "${expected.issuer}".`)
  }
  if (callback.error) throw new AuthorizationError(callback.error, callback.errorDescription)
  if (!callback.code) throw invalid('The callback carries no code.')
  return callback.code
}

function readQuery(url: string): Map<string, string[]> {
  try {
    return queryParameters(url)
  } catch {
    throw invalid('The callback has a broken percent escape.')
  }
}

const invalid = (message: string) => new CallbackError('invalid_callback', message)
