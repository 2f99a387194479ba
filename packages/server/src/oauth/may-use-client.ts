import type { Client } from '#clients/client.ts'
import { serves } from '#connections/serves.ts'
import type { Context } from '#context.ts'
import type { User } from '#users/user.ts'

/**
 * Why this user may not use this client now, or undefined. Asked at every door, because much may have happened since the user signed in:
 * before a code is given, at every grant, and at `/userinfo`. What one door lets pass, the next must not refuse for ever (SEC-091).
 * `not-enabled`: none of the connections that the user comes from serves the client.
 */
export async function whyMayNotUse(
  user: User,
  client: Client,
  ctx: Pick<Context, 'store'>,
): Promise<'blocked' | 'not-enabled' | undefined> {
  if (user.blocked) return 'blocked'
  const names = new Set([user.connection, ...user.identities.map((identity) => identity.connection)])
  for (const name of names) {
    const connection = await ctx.store.connections.findByName(name)
    if (connection && serves(connection, client.clientId)) return undefined
  }
  return 'not-enabled'
}
