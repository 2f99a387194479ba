import { encodeParameters } from './parameters.ts'

/** How to leave. */
export interface LogoutOptions {
  /** Where the browser goes afterwards; must be among the client's allowed logout URLs. */
  returnTo?: string
  /** Also ends the session at the identity provider that the user came from. */
  federated?: boolean
  /**
   * `oidc` (the default) calls `/oidc/logout`, which proves by the ID token whose session it ends; `v2` calls Auth0's older
   * `/v2/logout`.
   */
  endpoint?: 'oidc' | 'v2'
}

/**
 * The address that ends the user's session at the server when their browser visits it.
 *
 * @example
 * import { logoutUrl } from '@keywright/client'
 *
 * const url = logoutUrl('https://auth.example.com/', { clientId: 'abc', endpoint: 'v2', returnTo: 'com.app:/bye' })
 * console.log(url) // https://auth.example.com/v2/logout?client_id=abc&returnTo=com.app%3A%2Fbye
 */
export function logoutUrl(
  issuer: string,
  options: LogoutOptions & {
    clientId: string
    /** The ID token of the login; it may have expired (OpenID Connect RP-Initiated Logout §2). */
    idTokenHint?: string
  },
): string {
  const federated = options.federated ? '&federated' : '' // a bare flag: its presence counts, not its value
  if (options.endpoint === 'v2') {
    return `${issuer}v2/logout?${encodeParameters({ client_id: options.clientId, returnTo: options.returnTo })}${federated}`
  }
  const parameters = {
    client_id: options.clientId,
    id_token_hint: options.idTokenHint,
    post_logout_redirect_uri: options.returnTo,
  }
  return `${issuer}oidc/logout?${encodeParameters(parameters)}${federated}`
}
