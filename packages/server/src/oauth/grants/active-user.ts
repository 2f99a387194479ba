import type { Context } from '#context.ts'
import { invalidGrant, OAuthError } from '#errors.ts'
import type { User } from '#users/user.ts'

/** Looked at again at every grant: much may have happened since the user signed in (SEC-091). The words are what SDKs compare. */
export async function requireActiveUser(userId: string, ctx: Context): Promise<User> {
  const user = await ctx.store.users.find(userId)
  if (!user) throw invalidGrant("The refresh_token was generated for a user who doesn't exist anymore.")
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked', { status: 403, detail: { userId } })
  return user
}
