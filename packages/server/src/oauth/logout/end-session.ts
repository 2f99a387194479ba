import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import type { Session } from '#users/session.ts'

/** Ends single sign-on for every client of the tenant. Refresh tokens live on, as at Auth0: the app revokes its own. */
export async function endSession(
  session: Session | undefined,
  clientId: string | undefined,
  ctx: Context,
): Promise<void> {
  if (!session) return
  await ctx.store.sessions.end(session.sid)
  ctx.log({
    type: 'slo',
    description: 'User successfully logged out',
    clientId,
    userId: session.userId,
    connection: session.connection,
    sessionId: digest(session.sid).slice(0, 16),
  })
}
