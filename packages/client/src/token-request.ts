import { type Environment, environmentFrom } from './environment.ts'
import { TokenError } from './errors.ts'
import { type Answer, fetchJson } from './fetch-json.ts'
import { isRecord } from './json.ts'
import { encodeParameters, type Parameters } from './parameters.ts'

/** What the token endpoint answers (RFC 6749 §5.1), with its form checked and nothing else. */
export interface TokenResponse {
  accessToken: string
  /** Seconds. */
  expiresIn: number
  /** What was granted; absent when that is what was asked for. */
  scope?: string
  refreshToken?: string
  idToken?: string
}

/**
 * Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5). Throws `TokenError`, such as `invalid_grant`, or `NetworkError`.
 *
 * @example
 * import { exchangeCode, TokenError } from '@keywright/client'
 *
 * try {
 *   const tokens = await exchangeCode('http://localhost:3000/', {
 *     clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn',
 *     code: 'SplxlOBe', // from the callback
 *     codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
 *     redirectUri: 'com.myclientapp://myclientapp.com/callback',
 *   })
 *   console.log(tokens.accessToken)
 * } catch (error) {
 *   if (error instanceof TokenError) console.log(error.code) // invalid_grant: the code was made up
 * }
 */
export function exchangeCode(
  issuer: string,
  request: { clientId: string; code: string; codeVerifier: string; redirectUri: string },
  environment?: Partial<Environment>,
): Promise<TokenResponse> {
  const form = {
    grant_type: 'authorization_code',
    client_id: request.clientId,
    code: request.code,
    code_verifier: request.codeVerifier,
    redirect_uri: request.redirectUri,
  }
  return requestTokens(issuer, form, environmentFrom(environment))
}

/**
 * Redeems a refresh token (RFC 6749 §6). When the answer carries a new refresh token, the old one is used up. Never run two
 * at once with the same token: `KeywrightClient.refresh` sees to that.
 *
 * @example
 * import { refreshTokens, TokenError } from '@keywright/client'
 *
 * try {
 *   await refreshTokens('http://localhost:3000/', { clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn', refreshToken: 'old' })
 * } catch (error) {
 *   if (error instanceof TokenError) console.log(error.code) // invalid_grant: revoked, expired, or used before
 * }
 */
export async function refreshTokens(
  issuer: string,
  request: { clientId: string; refreshToken: string; scope?: string },
  environment?: Partial<Environment>,
): Promise<TokenResponse> {
  return (await askForRefresh(issuer, request, environmentFrom(environment))).read()
}

/**
 * Makes a refresh token useless (RFC 7009). Also succeeds for a token that the server does not know.
 *
 * @example
 * import { revokeToken } from '@keywright/client'
 *
 * await revokeToken('http://localhost:3000/', { clientId: 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn', token: 'old' })
 */
export async function revokeToken(
  issuer: string,
  request: { clientId: string; token: string },
  environment?: Partial<Environment>,
): Promise<void> {
  const form = { client_id: request.clientId, token: request.token, token_type_hint: 'refresh_token' }
  const answer = await post(`${issuer}oauth/revoke`, form, environmentFrom(environment))
  if (answer.status !== 200) throw refusal(answer)
}

/**
 * What the server knows about the user whom this access token stands for (OpenID Connect Core §5.3).
 *
 * @example
 * import { fetchUser, TokenError } from '@keywright/client'
 *
 * try {
 *   console.log(await fetchUser('http://localhost:3000/', 'an access token'))
 * } catch (error) {
 *   if (error instanceof TokenError) console.log(error.status) // 401: not an access token of this server
 * }
 */
export async function fetchUser(
  issuer: string,
  accessToken: string,
  environment?: Partial<Environment>,
): Promise<{ sub: string; [claim: string]: unknown }> {
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' }
  const answer = await fetchJson(`${issuer}userinfo`, { headers }, environmentFrom(environment))
  // Auth0: a refusal is plain text here, so the status has to speak.
  if (answer.status === 401) throw new TokenError('invalid_token', 'The server does not accept this access token.', 401)
  if (answer.status !== 200) throw refusal(answer)
  if (!isRecord(answer.body) || typeof answer.body.sub !== 'string') throw senseless(answer, 'sub')
  return { ...answer.body, sub: answer.body.sub }
}

async function requestTokens(issuer: string, form: Parameters, environment: Environment): Promise<TokenResponse> {
  return readTokens(await post(`${issuer}oauth/token`, form, environment))
}

/** A refresh in two steps, because the new refresh token must be stored before anything else of the answer is judged. */
export async function askForRefresh(
  issuer: string,
  { clientId, refreshToken, scope }: { clientId: string; refreshToken: string; scope?: string },
  environment: Environment,
): Promise<{ rotated: string | undefined; read(): TokenResponse }> {
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken, scope }
  const answer = await post(`${issuer}oauth/token`, form, environment)
  const { refresh_token: next } = answer.status === 200 && isRecord(answer.body) ? answer.body : {}
  return { rotated: typeof next === 'string' && next !== '' ? next : undefined, read: () => readTokens(answer) }
}

function readTokens(answer: Answer): TokenResponse {
  if (answer.status !== 200) throw refusal(answer)
  const body = isRecord(answer.body) ? answer.body : {}
  const { access_token: accessToken, expires_in: expiresIn, token_type: tokenType } = body
  if (typeof accessToken !== 'string' || accessToken === '') throw senseless(answer, 'access_token')
  if (typeof expiresIn !== 'number' || !(expiresIn > 0)) throw senseless(answer, 'expires_in')
  // A token of another type must not be used as if it were a bearer token (RFC 6749 §7.1).
  if (typeof tokenType !== 'string' || tokenType.toLowerCase() !== 'bearer') throw senseless(answer, 'token_type')
  const optional = (name: string): string | undefined => {
    const value = body[name]
    if (value !== undefined && typeof value !== 'string') throw senseless(answer, name)
    return value
  }
  return {
    accessToken,
    expiresIn,
    scope: optional('scope'),
    refreshToken: optional('refresh_token'),
    idToken: optional('id_token'),
  }
}

function post(url: string, form: Parameters, environment: Environment): Promise<Answer> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  return fetchJson(url, { method: 'POST', headers, body: encodeParameters(form) }, environment)
}

function refusal(answer: Answer): TokenError {
  const { error, error_description: description } = isRecord(answer.body) ? answer.body : {}
  if (typeof error !== 'string') {
    return new TokenError('invalid_response', `The server answered ${answer.status} without saying why.`, answer.status)
  }
  return new TokenError(error, typeof description === 'string' ? description : error, answer.status)
}

const senseless = (answer: Answer, member: string) =>
  new TokenError('invalid_response', `The server's answer has no usable "${member}".`, answer.status)
