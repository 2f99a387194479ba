import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import { OAuthError } from '#errors.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { type Reply, withCookies } from '#http/reply.ts'
import type { Session } from '#users/session.ts'
import type { User } from '#users/user.ts'
import { giveUp, proceed } from './continue.ts'
import { currentSession, sessionCookies } from './current-session.ts'
import { type Open, saveInteraction } from './interactions.ts'

/** The user has proven who they are: open their session and walk on. */
export async function finishLogin(
  user: User,
  proof: { connection: string; amr: string[] },
  open: Open,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply> {
  if (user.blocked) {
    // Only now, after the proof: before it, a blocked account looks like any other (SEC-189).
    return giveUp(new OAuthError('unauthorized', 'user is blocked', { status: 403 }), open, http, ctx)
  }
  const { session, cookies } = await openSession(user, proof, http, ctx)
  const progress = { authenticated: { sid: session.sid, at: session.authenticatedAt }, agreed: { sid: session.sid } }
  // Whatever was agreed to before was agreed to by whoever was signed in before (SEC-163).
  const interaction = { ...open.interaction, ...progress, upstream: undefined }
  const saved = await saveInteraction(interaction, ctx)
  return withCookies(await proceed({ ...open, interaction: saved }, session, http, ctx), cookies)
}

/** A new id at every login; the session it replaces dies in the same commit (SEC-154). */
async function openSession(user: User, proof: { connection: string; amr: string[] }, http: HttpRequest, ctx: Context) {
  const now = ctx.now()
  const { sessionLifetime, idleSessionLifetime } = ctx.tenant.settings
  const expiresAt = now + sessionLifetime * 3_600_000
  const session: Session = {
    sid: randomToken(ctx.random, 24),
    userId: user.userId,
    connection: proof.connection,
    authenticatedAt: now,
    amr: proof.amr,
    activeAt: now,
    idleExpiresAt: Math.min(expiresAt, now + idleSessionLifetime * 3_600_000),
    expiresAt,
  }
  const values = { main: randomToken(ctx.random), silent: randomToken(ctx.random) }
  const replaced = await currentSession(http, ctx)
  await ctx.store.sessions.open(session, { main: digest(values.main), silent: digest(values.silent) }, replaced?.sid)
  return { session, cookies: sessionCookies(values, ctx) }
}
