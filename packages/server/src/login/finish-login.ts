import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import { userIsBlocked } from '#errors.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { type Reply, withCookies } from '#http/reply.ts'
import type { Session } from '#users/session.ts'
import type { User } from '#users/user.ts'
import { giveUp, proceed } from './continue.ts'
import { currentSession, sessionCookies } from './current-session.ts'
import { type Open, saveInteraction } from './interactions.ts'

export interface Proof {
  connection: string
  amr: string[]
  /** Whether the user did something on a page of ours for it: typed a password, chose a provider (SEC-038). */
  onOurPage: boolean
  /** Epoch milliseconds, if that was not just now: a provider may have known the user from an earlier sign-in. */
  authenticatedAt?: number
  /** What the password was compared with. */
  passwordHash?: string
}

/**
 * The user has proven who they are: open their session and walk on.
 * @returns undefined if the user or the password was changed while the proof was looked at, so that it proves nothing any more
 */
export async function finishLogin(
  user: User,
  proof: Proof,
  open: Open,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply | undefined> {
  if (user.blocked) {
    // Only now, after the proof: before it, a blocked account looks like any other (SEC-189).
    return giveUp(userIsBlocked(user.userId), open, http, ctx)
  }
  const opened = await openSession(user, proof, http, ctx)
  if (!opened) return undefined
  const { session, cookies } = opened
  const { sid } = session
  // Whatever was agreed to before was agreed to by whoever was signed in before (SEC-163).
  const agreed = proof.onOurPage ? { sid, chosen: true } : undefined
  const progress = { authenticated: { sid, at: session.authenticatedAt }, agreed }
  const interaction = { ...open.interaction, ...progress, upstream: undefined }
  const saved = await saveInteraction(interaction, ctx)
  return withCookies(await proceed({ ...open, interaction: saved }, session, http, ctx), cookies)
}

/** A new id at every login; the session it replaces dies in the same commit (SEC-154). */
async function openSession(user: User, proof: Proof, http: HttpRequest, ctx: Context) {
  const now = ctx.now()
  const { sessionLifetime, idleSessionLifetime } = ctx.tenant.settings
  const expiresAt = now + sessionLifetime * 3_600_000
  const session: Session = {
    sid: randomToken(ctx.random, 24),
    userId: user.userId,
    connection: proof.connection,
    // A clock that is ahead makes nobody's proof fresher than now; and none is older than time.
    authenticatedAt: Math.floor(Math.max(0, Math.min(now, proof.authenticatedAt ?? now))),
    amr: proof.amr,
    activeAt: now,
    idleExpiresAt: Math.min(expiresAt, now + idleSessionLifetime * 3_600_000),
    expiresAt,
  }
  const values = { main: randomToken(ctx.random), silent: randomToken(ctx.random) }
  const replaced = await currentSession(http, ctx)
  const digests = { main: digest(values.main), silent: digest(values.silent) }
  const proven = { user, passwordHash: proof.passwordHash }
  if (!(await ctx.store.sessions.open(session, digests, replaced?.sid, proven))) return undefined
  return { session, cookies: sessionCookies(values, ctx) }
}
