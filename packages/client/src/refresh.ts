import type { Environment } from './environment.ts'
import { LoginRequiredError, NetworkError, TokenError } from './errors.ts'
import { askForRefresh, type TokenResponse } from './token-request.ts'
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

  // Without turns (an old app in another tab, say) somebody may sign in anew meanwhile. A storage that cannot be read is no
  // reason to lose what came.
  const isStill = (token: string) =>
    store.read().then(
      (stored) => stored?.refreshToken === token,
      () => true,
    )
  try {
    const answer = await retryOnce(() => askForRefresh(issuer, { clientId, refreshToken }, environment))
    const current = answer.rotated ?? refreshToken
    // The old refresh token is spent. The new one is stored before anything can fail: the form of the answer, the ID token,
    // the keys that verify it, this device's clock. Spending the old one again would end the whole family as reuse.
    const rotated = { ...before, refreshToken: current }
    if (current !== refreshToken && (await isStill(refreshToken))) await store.replace(refreshToken, rotated)
    const tokens = await toTokens(answer.read(), before)
    if (await isStill(current)) await store.replace(current, tokens)
    return tokens
  } catch (error) {
    if (!(error instanceof TokenError && error.code === 'invalid_grant')) throw error
    const stored = await store.read()
    if (stored?.refreshToken === refreshToken) await store.forget()
    else if (stored && stored.expiresAt > environment.now()) return stored // another process was faster
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
