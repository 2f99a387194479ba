import type { Environment } from './environment.ts'
import { LoginRequiredError, NetworkError, TokenError } from './errors.ts'
import { refreshTokens, type TokenResponse } from './token-request.ts'
import type { TokenStore, Tokens } from './token-store.ts'

interface Refresh {
  issuer: string
  clientId: string
  store: TokenStore
  /** What the caller saw before it waited for its turn. */
  seen: Tokens | undefined
  environment: Environment
  toTokens(response: TokenResponse, before: Tokens): Promise<Tokens>
}

/** One refresh. Whoever calls this holds the turn: nobody else in this app spends the same refresh token meanwhile. */
export async function refreshWithRetry({
  issuer,
  clientId,
  store,
  seen,
  environment,
  toTokens,
}: Refresh): Promise<Tokens> {
  const before = await store.read()
  // Another tab may have refreshed while we waited for its lock.
  if (before && seen && before.accessToken !== seen.accessToken && before.expiresAt > environment.now()) return before
  const { refreshToken } = before ?? {}
  if (!before || !refreshToken) throw new LoginRequiredError('Nobody is signed in, or there is no refresh token.')

  const isStillOurs = async () => (await store.read())?.refreshToken === refreshToken
  try {
    const response = await retryOnce(() => refreshTokens(issuer, { clientId, refreshToken }, environment))
    const tokens = await toTokens(response, before)
    if (await isStillOurs()) await store.write(tokens) // else somebody signed in anew meanwhile
    return tokens
  } catch (error) {
    if (!(error instanceof TokenError && error.code === 'invalid_grant')) throw error
    if (await isStillOurs()) await store.forget()
    throw new LoginRequiredError('The server does not accept the refresh token any more.', { cause: error })
  }
}

/**
 * When the answer to a rotation is lost on its way, the server gives the same successor again, but only for a few seconds: a
 * phone that changes networks would lose its session by waiting.
 */
async function retryOnce<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    return request()
  }
}
