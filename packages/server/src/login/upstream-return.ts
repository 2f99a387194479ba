import type { Connection } from '#connections/connection.ts'
import { findRedirectStrategy } from '#connections/index.ts'
import { quote } from '#connections/oidc/fetch-json.ts'
import { type Profile, UpstreamError, type UpstreamSecrets } from '#connections/strategy.ts'
import type { Context } from '#context.ts'
import { digest, equalInConstantTime } from '#crypto/digest.ts'
import { SealError } from '#crypto/seal.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { parameter } from '#parameters.ts'
import { cookieNames } from '#users/session-cookies.ts'
import type { Interaction, UpstreamLogin } from './interaction.ts'
import { expired, type Open } from './interactions.ts'
import { findUpstream, purpose, sharedRedirectUri, signedInSince } from './upstream.ts'

/** The interaction whose user is back, if this is the browser that left (SEC-227). @throws OAuthError that becomes a page */
export async function findReturning(http: HttpRequest, ctx: Context): Promise<Open & { upstream: UpstreamLogin }> {
  const state = parameter(http.query, 'state')
  const browser = http.cookies.get(cookieNames(ctx.tenant).browser)
  if (state?.length !== 43 || !browser) throw expired()
  const interaction = await ctx.store.interactions.findByUpstreamState(digest(state), ctx.now())
  if (!interaction?.upstream || !equalInConstantTime(digest(browser), interaction.browserDigest)) throw expired()
  const { upstream } = interaction
  return { state: unseal(upstream.ownState, ctx), interaction, browser, upstream }
}

/** Who came back. @throws UpstreamError */
export async function readAnswer(
  http: HttpRequest,
  interaction: Interaction,
  upstream: UpstreamLogin,
  ctx: Context,
): Promise<{ profile: Profile; connection: Connection }> {
  const { request } = interaction
  const client = await ctx.store.clients.find(request.returnAddress.clientId)
  const connection = client && (await findUpstream(upstream.connection, request, client, ctx))
  const strategy = connection && findRedirectStrategy(connection.strategy)
  if (!strategy || (upstream.connectionId ?? connection.id) !== connection.id)
    throw new UpstreamError('failed', 'the connection is not enabled for the client any more')
  const redirectUri = upstream.redirectUri ?? sharedRedirectUri(ctx)
  // The answer of another provider, which somebody passed on: its code must not reach this one (RFC 9700 §4.4).
  if (http.path !== new URL(redirectUri).pathname)
    throw new UpstreamError('failed', `callback: the answer came to ${quote(http.path)}, expected ${redirectUri}`)
  if (http.query.repeated.size > 0) throw new UpstreamError('failed', 'callback: a parameter came more than once')
  const secrets: UpstreamSecrets = {
    state: parameter(http.query, 'state') ?? '',
    nonce: upstream.nonce,
    codeVerifier: unseal(upstream.codeVerifier, ctx),
    redirectUri,
    sharesRedirectUri: redirectUri === sharedRedirectUri(ctx),
    signedInSince: signedInSince(request, upstream),
  }
  return { profile: await strategy.finish(connection, http.query.values, secrets, ctx), connection }
}

/** Sealed before the server's secret was changed: not ours any more, but nobody's fault. */
function unseal(sealed: string, ctx: Context): string {
  try {
    return ctx.sealer.open(sealed, purpose(ctx)).toString()
  } catch (error) {
    if (error instanceof SealError) throw expired()
    throw error
  }
}
