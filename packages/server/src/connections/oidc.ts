import { s256 } from '#crypto/digest.ts'
import { exchangeCode } from './oidc/exchange-code.ts'
import { quote } from './oidc/fetch-json.ts'
import { verifyIdToken } from './oidc/id-token.ts'
import type { ProviderMetadata } from './oidc/metadata.ts'
import { oidcOptions, usesPkce } from './oidc/options.ts'
import { toProfile } from './oidc/profile.ts'
import { findMetadata } from './oidc/provider.ts'
import { fetchUserinfo } from './oidc/userinfo.ts'
import { type RedirectStrategy, UpstreamError, type UpstreamSecrets } from './strategy.ts'

/** Any OpenID Connect provider: discovery, code flow, PKCE (OpenID Connect Core §3.1). */
export const oidc: RedirectStrategy = {
  strategy: 'oidc',

  async sharesRedirectUri(connection, ctx) {
    const options = oidcOptions(connection)
    if (options.callback === 'own') return false
    const { issInResponse } = await findMetadata(connection, options, ctx)
    if (options.callback === 'shared' && !issInResponse)
      throw new UpstreamError('failed', 'option callback: "shared" needs a provider that announces iss (RFC 9207)')
    // Connections made before there was a choice go on as they are registered, where that is safe.
    return issInResponse
  },

  async begin(connection, secrets, wishes, ctx) {
    const options = oidcOptions(connection)
    const metadata = await findMetadata(connection, options, ctx)
    const pkce = usesPkce(options)
    const url = new URL(metadata.authorizationEndpoint)
    const parameters = {
      response_type: 'code',
      client_id: options.client_id,
      redirect_uri: secrets.redirectUri,
      scope: options.scope,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: pkce ? s256(secrets.codeVerifier) : undefined,
      code_challenge_method: pkce ? 'S256' : undefined,
      login_hint: wishes.loginHint,
      prompt: wishes.prompt,
      max_age: wishes.maxAge?.toString(),
      ui_locales: wishes.uiLocales,
    }
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
    return url.href
  },

  async finish(connection, callback, secrets, ctx) {
    const options = oidcOptions(connection)
    const metadata = await findMetadata(connection, options, ctx)
    const provider = { connection, options, metadata }
    const code = requireCode(callback, secrets, metadata)
    const tokens = await exchangeCode(code, secrets, provider, ctx)
    const claims = await verifyIdToken(tokens, secrets, provider, ctx)
    const userinfo = await fetchUserinfo(tokens, claims, provider, ctx)
    return toProfile(claims, userinfo, options)
  },
}

/** Errors name their issuer, too, so that comes first; and only then is the code worth anything (RFC 9207 §2.4). */
function requireCode(
  callback: ReadonlyMap<string, string>,
  { sharesRedirectUri }: UpstreamSecrets,
  metadata: ProviderMetadata,
): string {
  const iss = callback.get('iss')
  // What a provider announces may change while the user is there; where others answer as well, `iss` is needed all the same.
  if (iss === undefined ? metadata.issInResponse || sharesRedirectUri : iss !== metadata.issuer)
    throw new UpstreamError('failed', `callback: iss is ${quote(iss)}, expected ${quote(metadata.issuer)}`)
  const error = callback.get('error')
  if (error !== undefined) {
    const kind = error === 'access_denied' ? 'denied' : 'failed'
    throw new UpstreamError(kind, `callback: ${quote(error)}: ${quote(callback.get('error_description'))}`)
  }
  const code = callback.get('code')
  if (!code) throw new UpstreamError('failed', 'callback: neither code nor error')
  return code
}
