import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { digest, equalInConstantTime } from '#crypto/digest.ts'
import { invalidRequest, OAuthError } from '#errors.ts'
import { endpoint } from '#http/endpoint.ts'
import { empty } from '#http/reply.ts'
import { parameter } from '#parameters.ts'
import { readAccessToken } from '#tokens/read-access-token.ts'
import { parseRefreshToken, refreshTokenDigest } from '#tokens/refresh-token.ts'
import { authenticateClient } from './client-authentication/authenticate-client.ts'
import { readCredentials } from './client-authentication/credentials.ts'
import { refuseOrganization } from './organization.ts'
import { requireNoQuery } from './query-credentials.ts'

/**
 * RFC 7009. With a refresh token its whole family goes, and the access tokens; an access token goes alone. What the token is, it
 * says itself: a hint is not needed, and may lie (§2.1).
 */
export const revokeEndpoint = endpoint({
  methods: ['POST'],
  path: '/oauth/revoke',
  summary: 'Revokes an access token, or a refresh token and everything issued with it',
  errors: 'json',
  cors: 'client',
  async handle({ body, query, headers }, ctx) {
    requireNoQuery(query)
    refuseOrganization({ organization: parameter(body, 'organization') }, undefined)
    if (body.repeated.size > 0) throw invalidRequest('No parameter may be sent more than once.')
    const client = await authenticateClient(readCredentials(headers.authorization, body), ctx)
    const token = parameter(body, 'token')
    if (token === undefined) throw invalidRequest('Missing required parameter: token')
    await revoke(token, client, ctx)
    return empty(200) // also for a token we never issued, so that nobody can fish for one (§2.2)
  },
})

async function revoke(token: string, client: Client, ctx: Context): Promise<void> {
  if (token.startsWith('v1.')) return revokeRefreshToken(token, client, ctx)
  if (!token.includes('.')) {
    if (token.length === 43) await ctx.store.accessTokens.revoke(digest(token), client.clientId)
    return
  }
  const jwt = await readAccessToken(token, undefined, ctx)
  if (jwt?.clientId !== client.clientId) return
  // Our own door can be closed to it. Of one that only APIs read, nobody would ask us (§2.2.1).
  if (!jwt.audience.includes(`${ctx.tenant.issuer}userinfo`))
    throw new OAuthError(
      'unsupported_token_type',
      'An access token for an API alone cannot be revoked: the API does not ask this server. It ends by itself.',
    )
  await ctx.store.accessTokens.revokeById(jwt.tokenId, jwt.expiresAt)
}

async function revokeRefreshToken(token: string, client: Client, ctx: Context): Promise<void> {
  const presented = parseRefreshToken(token.slice(0, 512), ctx)
  const family = presented && (await ctx.store.refreshFamilies.find(presented.familyId))
  // Somebody else's token stays as it is (§2.1).
  if (!family || family.clientId !== client.clientId) return
  const isCurrent = equalInConstantTime(refreshTokenDigest(presented), family.currentDigest)
  if (!isCurrent && family.generation === presented.generation) return
  await ctx.store.revokeGrant(family.grantId, ctx.now())
  if (ctx.tenant.settings.flags.revokeRefreshTokenGrant) await revokeSiblings(family, ctx)
  ctx.log({ type: 'srrt', clientId: client.clientId, clientName: client.name, userId: family.userId })
}

/** Auth0's `revoke_refresh_token_grant`: all tokens of the same user, client and audience. */
async function revokeSiblings(
  family: { userId: string; clientId: string; audience?: string },
  ctx: Context,
): Promise<void> {
  const siblings = await ctx.store.refreshFamilies.listForUser(family.userId, family.clientId)
  for (const sibling of siblings)
    if (sibling.audience === family.audience) await ctx.store.revokeGrant(sibling.grantId, ctx.now())
}
