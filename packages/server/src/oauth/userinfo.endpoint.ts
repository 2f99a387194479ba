import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { InvalidToken, verifyJwt } from '#crypto/jwt.ts'
import { endpoint, type HttpRequest } from '#http/endpoint.ts'
import { json, type Reply, text } from '#http/reply.ts'
import { parameter } from '#parameters.ts'
import { userClaims } from '#tokens/claims.ts'
import { publishedKeys } from '#tokens/signing-keys.ts'
import type { User } from '#users/user.ts'

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
    if (!access || access.user.blocked)
      return refused(401, 'invalid_token', 'The access token is not valid or has expired')
    ctx.limits.take('userinfo', access.user.userId)
    if (!access.scope.includes('openid')) return refused(403, 'insufficient_scope', 'The scope openid is required')
    const client = await ctx.store.clients.find(access.clientId)
    if (!client) return refused(401, 'invalid_token', 'The access token is not valid or has expired')
    return json(userClaims(access.user, access.scope, client))
  },
})

interface Access {
  user: User
  scope: string[]
  clientId: string
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
  return found && { user: found.user, scope: found.token.scope, clientId: found.token.clientId }
}

/** A token for an API opens `/userinfo` only if it says so in its audience. */
async function readJwt(token: string, ctx: Context): Promise<Access | undefined> {
  try {
    const keys = (await publishedKeys(ctx)).map((key) => key.publicJwk)
    const claims = await verifyJwt(token, {
      keys: { keys },
      algorithms: ['RS256', 'PS256', 'ES256'],
      issuer: ctx.tenant.issuer,
      audience: `${ctx.tenant.issuer}userinfo`,
      now: ctx.now,
      leewaySeconds: 0,
    })
    const clientId = claims.azp ?? claims.client_id
    if (typeof claims.sub !== 'string' || typeof claims.scope !== 'string' || typeof clientId !== 'string')
      return undefined
    const user = await ctx.store.users.find(claims.sub)
    return user && { user, scope: claims.scope.split(' '), clientId }
  } catch (error) {
    if (error instanceof InvalidToken) return undefined
    throw error
  }
}

/** Plain text, as Auth0's SDKs have come to expect; the reason is in the header (RFC 6750 §3). */
function refused(status: number, error?: string, description?: string): Reply {
  const reason = error ? `, error="${error}", error_description="${description}"` : ''
  const said = status === 401 ? 'Unauthorized' : status === 403 ? 'Forbidden' : 'Bad Request'
  return text(said, { status, headers: { 'www-authenticate': `Bearer realm="Users"${reason}` } })
}
