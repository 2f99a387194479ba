import type { Client } from '#clients/client.ts'
import type { Connection } from '#connections/connection.ts'
import { findRedirectStrategy } from '#connections/index.ts'
import type { Context } from '#context.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import type { Reply } from '#http/reply.ts'
import type { AuthorizationRequest } from '#oauth/authorize/authorization-request.ts'
import type { LoginError } from '#pages/login-page.ts'
import type { Open } from './interactions.ts'

/** What the sign-in page offers: one database with a form, and providers with a button each. */
export async function offeredConnections(
  request: AuthorizationRequest,
  client: Client,
  ctx: Context,
): Promise<{ database?: Connection; upstream: Connection[] }> {
  const enabled = (await ctx.store.connections.list()).filter(
    (connection) =>
      connection.enabledClients.includes(client.clientId) &&
      (request.connection === undefined || request.connection === connection.name),
  )
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

export function beginUpstreamLogin(
  _connection: Connection,
  _open: Open,
  _http: HttpRequest,
  _ctx: Context,
): Promise<Reply> {
  throw new Error('not written yet')
}

/** Why the user is back at the sign-in page, if a provider sent them. */
export function upstreamFailure(_http: HttpRequest): LoginError | undefined {
  return undefined
}
