import type { Client } from '#clients/client.ts'
import { whyDoubtful } from '#clients/registered-url.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import type { OAuthError } from '#errors.ts'
import { newGrantId } from '#tokens/grant-id.ts'
import type { Session } from '#users/session.ts'
import type { User } from '#users/user.ts'
import type { AuthorizationRequest, ReturnAddress } from './authorization-request.ts'
import type { Progress } from './next-step.ts'

/** The parameters of an authorization response (RFC 6749 §4.1.2), `iss` among them (RFC 9207 §2). */
export type AuthorizationResponse = Record<string, string>

/** Milliseconds a code lives: an app redeems it at once (SEC-051). */
export const codeLifetime = 60_000

/** Moving the idle limit at every visit would cost a write at every visit. */
const activityResolution = 60_000

/** Who may have what: all of it has been asked and answered. */
interface Granted {
  session: Session
  user: User
  client: Client
  resourceServer: ResourceServer | undefined
  progress: Progress
}

/** The user is here and willing: a code, durable before it leaves. */
export async function issueResponse(
  request: AuthorizationRequest,
  { session, user, client, resourceServer, progress }: Granted,
  ctx: Context,
): Promise<AuthorizationResponse> {
  const { returnAddress } = request
  const now = ctx.now()
  const code = randomToken(ctx.random)
  const tellAuthTime = request.maxAge !== undefined || request.prompt.includes('login')
  await Promise.all([
    ctx.store.codes.create({
      codeDigest: digest(code),
      grantId: newGrantId(client, resourceServer, ctx.random),
      clientId: client.clientId,
      userId: session.userId,
      sid: session.sid,
      redirectUri: returnAddress.redirectUri,
      redirectUriSent: returnAddress.redirectUriSent,
      codeChallenge: request.codeChallenge,
      scope: request.scope,
      scopeReduced: request.scopeReduced,
      audience: request.audience,
      nonce: request.nonce,
      authTime: tellAuthTime ? session.authenticatedAt : undefined,
      authenticatedAt: session.authenticatedAt,
      createdAt: now,
      expiresAt: now + codeLifetime,
    }),
    keepAlive(session, ctx),
  ])
  ctx.log({
    // Auth0: a login that nobody saw is `ssa`, whichever way it was asked for.
    type: progress.agreed || progress.authenticated ? 's' : 'ssa',
    clientId: client.clientId,
    clientName: client.name,
    connection: session.connection,
    userId: session.userId,
    userName: user.email ?? user.username,
    sessionId: session.sid,
    audience: request.audience,
    scope: request.scope.join(' '),
  })
  warnOfCallback(returnAddress.redirectUri, client, ctx)
  return answer({ code }, returnAddress, ctx)
}

/** Auth0's code for what should not have been needed: whoever reads the log sees which callbacks to mend. */
function warnOfCallback(redirectUri: string, client: Client, ctx: Context): void {
  const doubt = whyDoubtful(redirectUri, client)
  if (doubt === undefined) return
  const { clientId, name: clientName } = client
  ctx.log({
    type: 'w',
    clientId,
    clientName,
    description: `The callback is allowed, but: ${doubt}`,
    details: { redirectUri },
  })
}

/** Activity moves the idle limit, never past the absolute one; and only when it matters. */
async function keepAlive(session: Session, ctx: Context): Promise<void> {
  const now = ctx.now()
  if (now - session.activeAt < activityResolution) return
  const idle = now + ctx.tenant.settings.idleSessionLifetime * 3_600_000
  await ctx.store.sessions.touch(session.sid, now, Math.min(idle, session.expiresAt))
}

/** @param error its description is fixed text, within what RFC 6749 §4.1.2.1 allows */
export const errorResponse = (error: OAuthError, returnAddress: ReturnAddress, ctx: Context): AuthorizationResponse =>
  answer({ error: error.code, error_description: error.message }, returnAddress, ctx)

function answer(response: AuthorizationResponse, { state }: ReturnAddress, ctx: Context): AuthorizationResponse {
  if (state !== undefined) response.state = state
  response.iss = ctx.tenant.issuer
  return response
}
