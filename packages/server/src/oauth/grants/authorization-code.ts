import { z } from 'zod'
import { type Client, isPublic } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import { invalidGrant, type OAuthError } from '#errors.ts'
import { fitsChallenge, verifyCodeVerifier } from '#oauth/authorize/code-challenge.ts'
import { findRegisteredRedirectUri } from '#oauth/authorize/redirect-uri.ts'
import { grantableScope } from '#oauth/authorize/validate-request.ts'
import { type AuthorizationCode, isFresh } from '#tokens/authorization-code.ts'
import { isGrantOf } from '#tokens/grant-id.ts'
import { newOpaqueAccessToken } from '#tokens/opaque-access-token.ts'
import type { RefreshFamily } from '#tokens/refresh-family.ts'
import { formatRefreshToken, type RefreshToken, refreshTokenDigest, refreshTokenExpiry } from '#tokens/refresh-token.ts'
import { requireActiveUser } from './active-user.ts'
import { defineGrant, opaque } from './grant.ts'

/** Unknown, expired, spent, another tenant's or another client's: one answer (SEC-065). */
const invalidCode = (detail: unknown) => invalidGrant('Invalid authorization code', detail)

/** RFC 6749 §4.1.3 with RFC 7636 §4.6. */
export const authorizationCode = defineGrant({
  type: 'authorization_code',
  logTypes: { success: 'seacft', failure: 'feacft' },
  parameters: z.object({
    code: opaque(4096),
    redirect_uri: opaque(2048).optional(),
    code_verifier: opaque(512).optional(),
  }),

  async redeem(form, client, ctx) {
    const code = await findCode(form, client, ctx)
    await requireProof(code, form, client, ctx)
    const [resourceServer, user] = await Promise.all([
      code.audience === undefined ? undefined : ctx.store.resourceServers.findByIdentifier(code.audience),
      requireActiveUser(code.userId, client, (reason) => invalidCode({ reason }), ctx),
    ])
    if (code.audience !== undefined && !resourceServer) throw invalidCode({ reason: 'the API is gone' })
    if (!isGrantOf(code.grantId, client, resourceServer))
      throw invalidCode({ reason: 'client or API are not the same' })
    const scope = await grantableScope(code.scope, client, resourceServer, ctx)

    const refresh = scope.includes('offline_access') ? newFamily(code, scope, client, ctx) : undefined
    const access = resourceServer ? undefined : newOpaqueAccessToken(code, scope, ctx)
    const accessTokenEndsAt = resourceServer && ctx.now() + resourceServer.tokenLifetime * 1000
    const issued = { family: refresh?.family, accessToken: access?.record, accessTokenEndsAt }
    if (!(await ctx.store.codes.redeem(code.codeDigest, issued, ctx.now())))
      throw await replayed(code, form, client, ctx)

    return {
      client,
      user,
      grantId: code.grantId,
      resourceServer,
      scope,
      tellScope: true,
      idToken: { nonce: code.nonce, authTime: code.authTime, sid: code.sid },
      refreshToken: refresh && formatRefreshToken(refresh.token, ctx),
      opaqueAccessToken: access?.token,
    }
  },
})

interface Form {
  code: string
  redirect_uri?: string
  code_verifier?: string
}

async function findCode(form: Form, client: Client, ctx: Context): Promise<AuthorizationCode> {
  const code = await ctx.store.codes.find(digest(form.code))
  if (!code) throw invalidCode({ reason: 'unknown code' })
  // A wrong client learns nothing and changes nothing: the right one can still come (SEC-054).
  if (code.clientId !== client.clientId) throw invalidCode({ reason: 'the code belongs to another client' })
  if (code.redeemedAt !== undefined) throw await replayed(code, form, client, ctx)
  if (!isFresh(code, ctx.now())) throw invalidCode({ reason: 'expired' })
  return code
}

/**
 * A code used twice has leaked: what it gave dies with it (RFC 6749 §4.1.2, SEC-053), whatever else is wrong with the request.
 * But only if the client has proven to be itself: a public one does so by the verifier alone, and somebody who merely saw the
 * code go by must not be able to end what its owner has.
 */
async function replayed(code: AuthorizationCode, form: Form, client: Client, ctx: Context): Promise<OAuthError> {
  const detail = { userId: code.userId }
  if (isPublic(client) && !fitsChallenge(form.code_verifier, code.codeChallenge))
    return invalidCode({ ...detail, reason: 'the code was already used; whoever sent it again had no verifier' })
  await ctx.store.revokeGrant(code.grantId, ctx.now())
  return invalidCode({ ...detail, reason: 'the code was already used; everything issued from it is revoked' })
}

/** Whoever has the code and is the right client, but cannot prove the rest, has spent it (SEC-054). */
async function requireProof(code: AuthorizationCode, form: Form, client: Client, ctx: Context): Promise<void> {
  try {
    const sent = form.redirect_uri
    if (sent === undefined ? code.redirectUriSent : sent !== code.redirectUri)
      throw invalidGrant('The redirect URI is wrong.', { reason: 'not the one used to get the code' })
    // Taken off the client's list since (SEC-045).
    const { strict } = ctx.tenant.settings.flags
    if (!findRegisteredRedirectUri(code.redirectUri, { ...client, strict }))
      throw invalidGrant('The redirect URI is wrong.')
    verifyCodeVerifier(form.code_verifier, code.codeChallenge)
  } catch (error) {
    const spent = await ctx.store.codes.redeem(code.codeDigest, {}, ctx.now())
    throw spent ? error : await replayed(code, form, client, ctx)
  }
}

function newFamily(
  code: AuthorizationCode,
  scope: string[],
  client: Client,
  ctx: Context,
): { token: RefreshToken; family: RefreshFamily } {
  const now = ctx.now()
  const token: RefreshToken = { familyId: randomToken(ctx.random, 16), generation: 0, secret: randomToken(ctx.random) }
  const family: RefreshFamily = {
    familyId: token.familyId,
    grantId: code.grantId,
    clientId: code.clientId,
    userId: code.userId,
    sid: code.sid,
    scope,
    audience: code.audience,
    authenticatedAt: code.authenticatedAt,
    generation: 0,
    currentDigest: refreshTokenDigest(token),
    createdAt: now,
    ...refreshTokenExpiry(client.refreshToken, now),
  }
  return { token, family }
}
