import type { Connection } from '#connections/connection.ts'
import type { UpstreamError } from '#connections/strategy.ts'
import type { Context } from '#context.ts'
import { OAuthError } from '#errors.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { type Reply, redirect } from '#http/reply.ts'
import type { LoginError } from '#pages/login-page.ts'
import { parameter } from '#parameters.ts'
import { giveUp } from './continue.ts'
import type { Open } from './interactions.ts'
import { offeredConnections } from './upstream.ts'

/**
 * A login at a provider that did not work: back to the sign-in page if there is another way to sign in, else back to the app. Either
 * way the reason stands in the tenant's log alone (SEC-251).
 */
export async function upstreamTrouble(
  error: UpstreamError,
  connection: Pick<Connection, 'name'> & Partial<Connection>,
  open: Open,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply> {
  const { name, id, strategy } = connection
  const about = { connection: name, connectionId: id, strategy }
  if (await staysHere(name, open, ctx)) {
    const { clientId } = open.interaction.request.returnAddress
    ctx.log({ type: 'f', description: error.message, clientId, ...about })
    return redirect(`/u/login?state=${open.state}&upstream=${error.kind}`)
  }
  return giveUp(toOAuthError(error), open, http, ctx, about)
}

async function staysHere(name: string, { interaction }: Open, ctx: Context): Promise<boolean> {
  const { request } = interaction
  const client = await ctx.store.clients.find(request.returnAddress.clientId)
  if (!client) return false
  // Somebody else's app must not use a provider that is down to bounce a user who has done nothing yet (SEC-049).
  if (!client.isFirstParty) return true
  const { database, upstream } = await offeredConnections(request, client, ctx)
  return database !== undefined || upstream.some((offered) => offered.name !== name)
}

/** SDKs take `access_denied` for a user who changed their mind; an app may try the other again (RFC 6749 §4.1.2.1). */
function toOAuthError({ kind, message }: UpstreamError): OAuthError {
  const detail = { reason: message }
  return kind === 'denied'
    ? new OAuthError('access_denied', 'User cancelled the sign-in at the identity provider', { detail })
    : new OAuthError('temporarily_unavailable', 'The identity provider did not complete the sign-in', { detail })
}

/** Why the user is back at the sign-in page, if a provider sent them. Anybody may write such a link: it changes a sentence. */
export function upstreamFailure(http: HttpRequest): LoginError | undefined {
  switch (parameter(http.query, 'upstream')) {
    case 'denied':
      return 'connection-denied'
    case 'failed':
      return 'connection-failed'
    default:
      return undefined
  }
}
