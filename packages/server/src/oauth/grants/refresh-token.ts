import { z } from 'zod'
import type { Client } from '#clients/client.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { invalidGrant, OAuthError } from '#errors.ts'
import { grantableScope } from '#oauth/authorize/validate-request.ts'
import { parseScope } from '#oauth/scope.ts'
import { isGrantOf } from '#tokens/grant-id.ts'
import { newOpaqueAccessToken } from '#tokens/opaque-access-token.ts'
import type { OpaqueAccessToken, RefreshFamily } from '#tokens/refresh-family.ts'
import {
  formatRefreshToken,
  idleExpiry,
  isAlive,
  parseRefreshToken,
  type RefreshToken,
  refreshTokenDigest,
  standingOf,
  successorOf,
} from '#tokens/refresh-token.ts'
import { requireActiveUser } from './active-user.ts'
import { defineGrant, opaque } from './grant.ts'

/** The very words that Auth0's SDKs look for, full stop included. */
const invalidRefreshToken = (reason: string, detail: object = {}) =>
  invalidGrant('Unknown or invalid refresh token.', { reason, ...detail })

/** RFC 6749 §6, with rotation and reuse detection (RFC 9700 §4.14.2). */
export const refreshToken = defineGrant({
  type: 'refresh_token',
  logTypes: { success: 'sertft', failure: 'fertft' },
  parameters: z.object({
    refresh_token: opaque(4096),
    scope: opaque(4096).optional(),
    audience: opaque(600).optional(),
  }),

  async redeem(form, client, ctx) {
    const token = parseRefreshToken(form.refresh_token, ctx)
    const family = token && (await ctx.store.refreshFamilies.find(token.familyId))
    if (!family) throw invalidRefreshToken('unknown token')
    if (family.clientId !== client.clientId) throw invalidRefreshToken('the token belongs to another client')
    // Before anything else about the request: whoever holds an old token learns nothing by it, and cannot keep it from being
    // noticed by asking for what will be refused (SEC-119).
    await requireStanding(token, family, client, ctx)
    // Before the family's end, because blocking a user revokes their families, and SDKs want to hear which of the two it was.
    const user = await requireActiveUser(family.userId, client, invalidRefreshToken, ctx)
    if (!isAlive(family, ctx.now())) throw invalidRefreshToken('expired or revoked')
    const resourceServer = await resolveResourceServer(family, form.audience, ctx)
    if (!isGrantOf(family.grantId, client, resourceServer)) throw invalidRefreshToken('client or API are not the same')
    const scope = narrowed(await stillGrantable(family, client, resourceServer, ctx), form.scope)

    const access = resourceServer ? undefined : newOpaqueAccessToken(family, scope, ctx)
    const next = await exchange(token, family, client, access?.record, ctx)
    return {
      client,
      user,
      grantId: family.grantId,
      resourceServer,
      scope,
      tellScope: true,
      grantType: 'refresh_token',
      // Both of the sign-in that it all began with (Core §12.2), also when its session has ended: `sid` stays a hint
      // (RP-Initiated Logout §2), and an app that asked for max_age looks for `auth_time` each time.
      idToken: { sid: family.sid, authTime: family.authenticatedAt },
      refreshToken: next && formatRefreshToken(next, ctx),
      opaqueAccessToken: access?.token,
    }
  },
})

/**
 * Every step is bound to the family as it was judged. If another request was faster, the token is judged anew.
 * @returns the token that replaces this one; undefined if the client keeps its own
 */
async function exchange(
  token: RefreshToken,
  judged: RefreshFamily,
  client: Client,
  access: OpaqueAccessToken | undefined,
  ctx: Context,
): Promise<RefreshToken | undefined> {
  const { refreshFamilies } = ctx.store
  const now = ctx.now()
  const idle = idleExpiry(client.refreshToken, now)
  const successor = client.refreshToken.rotationType === 'rotating' ? successorOf(token, ctx) : undefined
  let family: RefreshFamily | undefined = judged
  while (family && family.revokedAt === undefined) {
    const standing = await requireStanding(token, family, client, ctx)
    const done =
      standing === 'current' && successor
        ? refreshFamilies.rotate(family, { digest: refreshTokenDigest(successor), idleExpiresAt: idle }, now, access)
        : // The *same* successor again, so that two requests of a flaky phone end with one live token.
          refreshFamilies.use(family, standing === 'retried' ? family.idleExpiresAt : idle, now, access)
    if (await done) return successor
    family = await refreshFamilies.find(token.familyId)
  }
  throw invalidRefreshToken('revoked')
}

/** @throws OAuthError for a token that was replaced: it is in wrong hands, and takes the family with it */
async function requireStanding(
  token: RefreshToken,
  family: RefreshFamily,
  client: Client,
  ctx: Context,
): Promise<'current' | 'retried'> {
  const standing = standingOf(token, family, client.refreshToken, ctx)
  if (standing === 'reused') throw await reused(family, ctx)
  return standing
}

/** A replaced token came back: everything of this authorization dies, the newest token too (SEC-119). */
async function reused(family: RefreshFamily, ctx: Context): Promise<OAuthError> {
  if (family.revokedAt !== undefined) return invalidRefreshToken('revoked')
  await ctx.store.revokeGrant(family.grantId, ctx.now())
  ctx.log({
    type: 'ferrt',
    description: 'Unsuccessful Refresh Token exchange, reused refresh token detected',
    clientId: family.clientId,
    userId: family.userId,
    details: { familyId: digest(family.familyId).slice(0, 12), generation: family.generation },
  })
  return invalidRefreshToken('reused; the whole family is revoked', { userId: family.userId })
}

/** Only the API that the user agreed to (SEC-092). */
async function resolveResourceServer(
  family: RefreshFamily,
  asked: string | undefined,
  ctx: Context,
): Promise<ResourceServer | undefined> {
  if (asked !== undefined && asked !== (family.audience ?? `${ctx.tenant.issuer}userinfo`))
    throw new OAuthError('invalid_target', 'The refresh token was not issued for this audience.')
  if (family.audience === undefined) return undefined
  const resourceServer = await ctx.store.resourceServers.findByIdentifier(family.audience)
  if (!resourceServer) throw invalidRefreshToken('the API is gone')
  return resourceServer
}

/** What was granted then, as far as client and API would still allow it now (SEC-127). */
async function stillGrantable(
  family: RefreshFamily,
  client: Client,
  resourceServer: ResourceServer | undefined,
  ctx: Context,
): Promise<string[]> {
  const scope = await grantableScope(family.scope, client, resourceServer, ctx)
  if (!scope.includes('offline_access')) throw invalidRefreshToken('offline access is not allowed any more')
  return scope
}

/** `scope` may only narrow; scopes that were never granted are ignored, as Auth0's SDKs expect. */
function narrowed(granted: readonly string[], asked: string | undefined): string[] {
  if (asked === undefined) return [...granted]
  const wanted = new Set(parseScope(asked))
  return granted.filter((scope) => wanted.has(scope))
}
