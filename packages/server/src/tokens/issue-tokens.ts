import type { Context } from '#context.ts'
import { signAccessToken, userinfoTokenLifetime } from './access-token.ts'
import type { Authorization, TokenResponse } from './authorization.ts'
import { signIdToken } from './id-token.ts'

/** The only place where a token response is made. Both signatures run at once, off the event loop. */
export async function issueTokens(authorization: Authorization, ctx: Context): Promise<TokenResponse> {
  const { user, resourceServer, idToken, scope, tellScope, refreshToken, opaqueAccessToken } = authorization
  const [accessToken, signedIdToken] = await Promise.all([
    resourceServer ? signAccessToken(authorization, resourceServer, ctx) : opaqueAccessToken,
    user && idToken && scope.includes('openid') ? signIdToken(authorization, user, idToken, ctx) : undefined,
  ])
  if (!accessToken) throw new Error('an authorization without an API needs an opaque access token')
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    id_token: signedIdToken,
    // RFC 6749 §3.3 knows no empty scope.
    scope: tellScope && scope.length > 0 ? scope.join(' ') : undefined,
    expires_in: resourceServer?.tokenLifetime ?? userinfoTokenLifetime,
    token_type: 'Bearer',
  }
}
