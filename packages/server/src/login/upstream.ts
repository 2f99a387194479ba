import type { Client } from '#clients/client.ts'
import type { Connection } from '#connections/connection.ts'
import { findRedirectStrategy } from '#connections/index.ts'
import { serves } from '#connections/serves.ts'
import { UpstreamError, type UpstreamSecrets } from '#connections/strategy.ts'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { type Reply, redirect } from '#http/reply.ts'
import type { AuthorizationRequest } from '#oauth/authorize/authorization-request.ts'
import type { Interaction, UpstreamLogin } from './interaction.ts'
import { type Open, saveInteraction } from './interactions.ts'
import { upstreamTrouble } from './upstream-trouble.ts'

/** What the sign-in page offers: one database with a form, and providers with a button each. */
export async function offeredConnections(
  request: AuthorizationRequest,
  client: Client,
  ctx: Context,
): Promise<{ database?: Connection; upstream: Connection[] }> {
  const enabled = await enabledConnections(request, client, ctx)
  const databases = enabled.filter((connection) => connection.strategy === 'auth0')
  const preferred = databases.find((connection) => connection.name === ctx.tenant.settings.defaultDirectory)
  const upstream = enabled.filter(({ strategy }) => findRedirectStrategy(strategy) !== undefined)
  return {
    database: preferred ?? databases[0],
    upstream: upstream.filter(({ name, showAsButton }) => showAsButton || name === request.connection),
  }
}

/** The provider to go to at once: the one asked for by `connection=`, or the only way there is. */
export async function onlyUpstream(
  request: AuthorizationRequest,
  client: Client,
  ctx: Context,
): Promise<Connection | undefined> {
  const { database, upstream } = await offeredConnections(request, client, ctx)
  return !database && upstream.length === 1 ? upstream[0] : undefined
}

async function enabledConnections(request: AuthorizationRequest, client: Client, ctx: Context): Promise<Connection[]> {
  const enabled = await ctx.store.connections.listFor(client.clientId)
  return enabled.filter(
    (connection) =>
      serves(connection, client.clientId) &&
      (request.connection === undefined || request.connection === connection.name),
  )
}

/** A provider by name, if this request may go there: asked again at every step, so that switching it off counts at once (SEC-234). */
export async function findUpstream(
  name: string,
  request: AuthorizationRequest,
  client: Client,
  ctx: Context,
): Promise<Connection | undefined> {
  const connection = (await enabledConnections(request, client, ctx)).find((enabled) => enabled.name === name)
  return connection && findRedirectStrategy(connection.strategy) ? connection : undefined
}

/**
 * Sends the user to a provider, with secrets that nobody used before (SEC-227).
 * @param chosen whether the user asked for it on our sign-in page
 */
export async function beginUpstreamLogin(
  connection: Connection,
  open: Open,
  http: HttpRequest,
  ctx: Context,
  { chosen = false } = {},
): Promise<Reply> {
  const { interaction } = open
  const random = {
    state: randomToken(ctx.random),
    nonce: randomToken(ctx.random),
    codeVerifier: randomToken(ctx.random),
  }
  try {
    const strategy = findRedirectStrategy(connection.strategy)
    if (!strategy) throw new UpstreamError('failed', `nobody knows the strategy ${connection.strategy}`)
    const shares = await strategy.sharesRedirectUri(connection, ctx)
    const redirectUri = shares ? sharedRedirectUri(ctx) : ownRedirectUri(connection, ctx)
    const secrets: UpstreamSecrets = { ...random, redirectUri }
    const location = await strategy.begin(connection, secrets, wishes(interaction), ctx)
    const upstream: UpstreamLogin = {
      stateDigest: digest(secrets.state),
      connection: connection.name,
      connectionId: connection.id,
      redirectUri,
      nonce: secrets.nonce,
      codeVerifier: ctx.sealer.seal(secrets.codeVerifier, purpose(ctx)),
      ownState: ctx.sealer.seal(open.state, purpose(ctx)),
      startedAt: ctx.now(),
      ...(chosen && { chosen }),
    }
    await saveInteraction({ ...interaction, upstream }, ctx)
    return redirect(location)
  } catch (error) {
    if (error instanceof UpstreamError) return upstreamTrouble(error, connection, open, http, ctx)
    throw error
  }
}

/** Auth0's one address, for every connection whose answers name their issuer. */
export const sharedRedirectUri = (ctx: Context): string => `${ctx.tenant.issuer}login/callback`
/** An address that no other connection of the tenant has, so that no other provider's answer can arrive there (RFC 9700 §4.4.2.2). */
const ownRedirectUri = ({ name }: Connection, ctx: Context): string =>
  `${sharedRedirectUri(ctx)}/${encodeURIComponent(name)}`
export const purpose = (ctx: Context): string => `upstream-login:${ctx.tenant.id}`

/** Whether a session at the provider is not enough. `max_age=0` says so, too (Core §3.1.2.1). */
const mustSignInAgain = ({ prompt, maxAge }: AuthorizationRequest) => prompt.includes('login') || maxAge === 0

/** What the app asked of us we ask of the provider: else its session would answer for the user. */
function wishes({ request, authenticated }: Interaction) {
  const prompt: string[] = request.prompt.filter((value) => value === 'consent' || value === 'select_account')
  // After a login as the wrong user, the provider must let them be somebody else.
  if (authenticated || mustSignInAgain(request)) prompt.unshift('login')
  const { loginHint, uiLocales } = request
  return { loginHint, uiLocales, prompt: prompt.join(' ') || undefined, maxAge: request.maxAge || undefined }
}

/** What the answer must show of it. */
export function signedInSince(
  request: AuthorizationRequest,
  { startedAt }: UpstreamLogin,
): UpstreamSecrets['signedInSince'] {
  const proof = request.maxAge ? 'required' : 'optional'
  if (mustSignInAgain(request)) return { time: startedAt, proof }
  return request.maxAge === undefined ? undefined : { time: startedAt - request.maxAge * 1000, proof }
}
