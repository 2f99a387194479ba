import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { invalidGrant, type OAuthError, userIsBlocked } from '#errors.ts'
import { whyMayNotUse } from '#oauth/may-use-client.ts'
import type { User } from '#users/user.ts'

/**
 * The user of a grant, if they may still use the client. The words are what SDKs compare.
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
  switch (await whyMayNotUse(user, client, ctx)) {
    case 'blocked':
      throw userIsBlocked(userId)
    case 'not-enabled':
      throw invalid('no connection of the user is enabled for the client')
    case undefined:
      return user
  }
}
