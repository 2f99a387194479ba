import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { invalidGrant, OAuthError } from '#errors.ts'
import type { User } from '#users/user.ts'

/**
 * Looked at again at every grant: much may have happened since the user signed in (SEC-091). The words are what SDKs compare.
 * @param invalid says that what was presented is worth nothing, in the grant's own words
 */
export async function requireActiveUser(
  userId: string,
  client: Client,
  invalid: (reason: string) => OAuthError,
  ctx: Context,
): Promise<User> {
  const user = await ctx.store.users.find(userId)
  if (!user) throw invalidGrant("The refresh_token was generated for a user who doesn't exist anymore.")
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked', { status: 403, detail: { userId } })
  if (!(await mayStillSignIn(user, client, ctx))) throw invalid('no connection of the user is enabled for the client')
  return user
}

/** Whether one of the connections that the user comes from still serves this client. */
async function mayStillSignIn(user: User, client: Client, ctx: Context): Promise<boolean> {
  const names = new Set([user.connection, ...user.identities.map((identity) => identity.connection)])
  for (const name of names) {
    const connection = await ctx.store.connections.findByName(name)
    if (connection?.enabledClients.includes(client.clientId)) return true
  }
  return false
}
