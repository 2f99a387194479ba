import type { Client } from '#clients/client.ts'
import { matchesAnyOrigin } from '#clients/registered-url.ts'
import type { Context } from '#context.ts'
import { clientIdOfBasic } from '#oauth/client-authentication/credentials.ts'
import { parameter } from '#parameters.ts'
import type { Endpoint, HttpRequest } from './endpoint.ts'
import { empty, type Reply } from './reply.ts'

const allowedHeaders = 'content-type, authorization, auth0-client, dpop, x-request-language, auth0-forwarded-for'
const exposedHeaders =
  'DPoP-Nonce, WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After'

/** At preflight the client is unknown: the origin is allowed if any client of the tenant lists it. Never with credentials (SEC-090). */
export async function preflight(endpoint: Endpoint, origin: string | undefined, ctx: Context): Promise<Reply> {
  const allowed =
    endpoint.cors === 'any' ? '*' : origin && (await ctx.store.clients.listsOrigin(origin)) ? origin : undefined
  if (!allowed) return empty(204, { vary: 'origin' })
  return empty(204, {
    'access-control-allow-origin': allowed,
    'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
    'access-control-allow-headers': allowedHeaders,
    'access-control-max-age': '600',
    vary: 'origin',
  })
}

/** On the real request the client that it names must list the origin. */
export async function corsHeaders(
  endpoint: Endpoint,
  request: HttpRequest,
  ctx: Context,
): Promise<Record<string, string>> {
  if (endpoint.cors === 'any') return { 'access-control-allow-origin': '*' }
  const { origin } = request.headers
  if (!origin) return { vary: 'origin' }
  const clientId = parameter(request.body, 'client_id') ?? clientIdOfBasic(request.headers.authorization)
  const client = clientId ? await ctx.store.clients.find(clientId) : undefined
  const allowed = clientId ? client && lists(client, origin) : await ctx.store.clients.listsOrigin(origin)
  if (!allowed) {
    ctx.log({ type: 'fco', clientId: client?.clientId, clientName: client?.name, description: 'Origin not allowed' })
    return { vary: 'origin' }
  }
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders, vary: 'origin' }
}

/** `allowed_origins`, `web_origins`, and the origins of web callbacks, as Auth0 documents; `capacitor://localhost` is one, `null` never. */
function lists({ appType, allowedOrigins, webOrigins, callbacks }: Client, origin: string): boolean {
  return [allowedOrigins, webOrigins, callbacks].some((list) => matchesAnyOrigin(origin, list, { appType }))
}
