import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { endpoint, type HttpRequest } from '#http/endpoint.ts'
import { json, type Reply, text } from '#http/reply.ts'
import { parameter } from '#parameters.ts'
import { userClaims } from '#tokens/claims.ts'
import { isGrantOf } from '#tokens/grant-id.ts'
import { readAccessToken } from '#tokens/read-access-token.ts'
import type { User } from '#users/user.ts'
import { whyMayNotUse } from './may-use-client.ts'

/** Core §5.3. */
export const userinfoEndpoint = endpoint({
  methods: ['GET', 'POST'],
  path: '/userinfo',
  summary: 'What the access token lets its holder know about the user',
  errors: 'json',
  cors: 'client',
  async handle(request, ctx) {
    const tokens = presentedTokens(request)
    const [token] = tokens
    if (tokens.length > 1) return refused(400, 'invalid_request', 'Send the access token in one way only')
    if (token === undefined) return refused(401)
    const access = token.includes('.') ? await readJwt(token, ctx) : await readOpaque(token, ctx)
    if (!access) return refused(401, 'invalid_token', 'The access token is not valid or has expired')
    ctx.limits.take('userinfo', access.user.userId)
    if (!access.scope.includes('openid')) return refused(403, 'insufficient_scope', 'The scope openid is required')
    const client = await findClient(access, ctx)
    if (!client || (await whyMayNotUse(access.user, client, ctx)))
      return refused(401, 'invalid_token', 'The access token is not valid or has expired')
    return json(userClaims(access.user, access.scope, { client, issuer: ctx.tenant.issuer }))
  },
})

interface Access {
  user: User
  scope: string[]
  clientId: string
  grantId: string
  /** The API that it is for, too. */
  api?: string
}

/** Undefined if it is not there any more, or neither it nor the API is the one that the token was for. */
async function findClient({ clientId, grantId, api }: Access, ctx: Context): Promise<Client | undefined> {
  const client = await ctx.store.clients.find(clientId)
  const resourceServer = api === undefined ? undefined : await ctx.store.resourceServers.findByIdentifier(api)
  if (api !== undefined && !resourceServer) return undefined
  return client && isGrantOf(grantId, client, resourceServer) ? client : undefined
}

/** Header, form, or – because passport-auth0 knows no other way – the query (RFC 6750 §2). */
function presentedTokens({ method, headers, query, body }: HttpRequest): string[] {
  const bearer = /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(headers.authorization ?? '')?.[1]
  const found = [
    bearer,
    parameter(query, 'access_token'),
    method === 'POST' ? parameter(body, 'access_token') : undefined,
  ]
  if (query.repeated.has('access_token') || body.repeated.has('access_token')) return ['', '']
  return found.filter((token) => token !== undefined)
}

async function readOpaque(token: string, ctx: Context): Promise<Access | undefined> {
  if (token.length !== 43) return undefined
  const found = await ctx.store.accessTokens.findWithUser(digest(token), ctx.now())
  if (!found) return undefined
  const { scope, clientId, grantId } = found.token
  return { user: found.user, scope, clientId, grantId }
}

/** A token for an API opens `/userinfo` only if it says so in its audience. */
async function readJwt(token: string, ctx: Context): Promise<Access | undefined> {
  const own = `${ctx.tenant.issuer}userinfo`
  const claims = await readAccessToken(token, own, ctx)
  if (!claims) return undefined
  const { subject, clientId, scope, audience, grantId, tokenId } = claims
  const user = await ctx.store.accessTokens.findUserUnlessRevoked(subject, { grantId, tokenId })
  return user && { user, scope, clientId, grantId, api: audience.find((one) => one !== own) }
}

/** Plain text, as Auth0's SDKs have come to expect; the reason is in the header (RFC 6750 §3). */
function refused(status: number, error?: string, description?: string): Reply {
  const reason = error ? `, error="${error}", error_description="${description}"` : ''
  const said = status === 401 ? 'Unauthorized' : status === 403 ? 'Forbidden' : 'Bad Request'
  return text(said, { status, headers: { 'www-authenticate': `Bearer realm="Users"${reason}` } })
}
