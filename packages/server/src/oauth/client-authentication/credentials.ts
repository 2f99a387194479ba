import { invalidRequest, OAuthError } from '#errors.ts'
import { type Parameters, parameter } from '#parameters.ts'

/** What a client says of itself, and how (RFC 6749 §2.3.1). */
export type Credentials =
  | { method: 'none'; clientId: string }
  | { method: 'client_secret_post' | 'client_secret_basic'; clientId: string; clientSecret: string }

/** @throws OAuthError if there are none, or two at once (RFC 6749 §2.3, SEC-079) */
export function readCredentials(authorization: string | undefined, body: Parameters): Credentials {
  const clientId = parameter(body, 'client_id')
  const clientSecret = parameter(body, 'client_secret')
  const basic = readBasic(authorization)
  if (basic) {
    if (clientSecret !== undefined) throw invalidRequest('Use one way of client authentication, not two.')
    if (clientId !== undefined && clientId !== basic.clientId)
      throw invalidRequest('client_id in the body differs from the one in the Authorization header.')
    return basic
  }
  if (clientId === undefined) throw invalidRequest('Missing required parameter: client_id')
  return clientSecret === undefined
    ? { method: 'none', clientId }
    : { method: 'client_secret_post', clientId, clientSecret }
}

/** Whom a Basic header names; undefined if it is none, or not one that we can read. */
export function clientIdOfBasic(header: string | undefined): string | undefined {
  try {
    return readBasic(header)?.clientId
  } catch {
    return undefined
  }
}

/** Form-decoded once, split at the first colon (SEC-080): openid-client sends `-` as `%2D`. */
function readBasic(header: string | undefined): Credentials | undefined {
  if (header === undefined) return undefined
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
  const decoded = encoded && Buffer.from(encoded, 'base64').toString('utf8')
  const colon = decoded ? decoded.indexOf(':') : -1
  if (!decoded || colon < 1) throw wrongCredentials()
  try {
    const clientId = formDecode(decoded.slice(0, colon))
    const clientSecret = formDecode(decoded.slice(colon + 1))
    return { method: 'client_secret_basic', clientId, clientSecret }
  } catch {
    throw wrongCredentials()
  }
}

const formDecode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))

/** One answer for an unknown client, a wrong secret and a wrong method (RFC 6749 §5.2). Auth0: 401 `access_denied`. */
export const wrongCredentials = (detail?: unknown): OAuthError =>
  new OAuthError('invalid_client', 'Unauthorized', {
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="keywright"' },
    detail,
  })
