import type { Client } from '#clients/client.ts'
import type { Connection } from '#connections/connection.ts'
import type { Context } from '#context.ts'
import { normalizeIdentifier } from '#users/identifier.ts'
import type { User } from '#users/user.ts'
import { admit, countFailure, forgetFailures } from './attack-protection.ts'

export type PasswordVerdict = { user: User } | { refused: 'wrong-credentials' | 'too-many-attempts' }

export interface PasswordAttempt {
  connection: Connection
  username: string
  password: string
  client: Client
}

/**
 * Checks a password. Unknown user, wrong password and blocked user look and cost the same (SEC-189, SEC-190).
 * @throws Overloaded when too many others wait
 */
export async function verifyPassword(attempt: PasswordAttempt, ctx: Context): Promise<PasswordVerdict> {
  const { connection, password } = attempt
  const identifier = normalizeIdentifier(attempt.username)
  const account = { connection: connection.name, identifier }
  const admitted = await admit(account, ctx)
  if (typeof admitted === 'string') {
    note(admitted, attempt, undefined, ctx)
    return { refused: 'too-many-attempts' }
  }
  const user = await ctx.store.users.findByIdentifier(connection.name, identifier)
  const hash = user && (await ctx.store.users.findPasswordHash(user.userId))
  const { passwords, tenant } = ctx
  const verdict = hash
    ? await passwords.verify(password, hash, tenant.id)
    : await passwords.verifyNothing(password, tenant.id)
  if (!user || !verdict?.ok) {
    await countFailure(ctx)
    note(user ? 'fp' : 'fu', attempt, user, ctx)
    return { refused: 'wrong-credentials' }
  }
  await forgetFailures(account, ctx)
  if (admitted.failures >= remarkable) note('w', attempt, user, ctx)
  if (verdict.upgrade && hash) await strengthen(user, password, hash, ctx)
  return { user }
}

/** Wrong passwords after which a right one is worth a line in the log: somebody may have guessed it (SEC-197). */
const remarkable = 5

/** An imported hash becomes one of ours as soon as we know the password (SEC-186). */
async function strengthen(user: User, password: string, replaces: string, ctx: Context): Promise<void> {
  const hash = await ctx.passwords.hash(password, ctx.tenant.id)
  // Should the password be changed at this moment, the old one must not come back.
  await ctx.store.users.setPasswordHash(user.userId, hash, { samePassword: true, replaces, now: ctx.now() })
}

const descriptions: Record<string, string> = {
  fp: 'Wrong email or password.',
  fu: 'Wrong email or password.',
  w: 'The right password, after many wrong ones from this address',
  limit_wc: 'Too many attempts on this account from this address',
  limit_mu: 'Too many failed attempts from this address',
}

function note(
  type: string,
  { connection, client, username }: PasswordAttempt,
  user: User | undefined,
  ctx: Context,
): void {
  ctx.log({
    type,
    description: descriptions[type],
    connection: connection.name,
    connectionId: connection.id,
    strategy: connection.strategy,
    clientId: client.clientId,
    clientName: client.name,
    userId: user?.userId,
    // What was typed might be a password in the wrong field: only names we know are kept (SEC-303).
    userName: user ? username : undefined,
  })
}
