import type { Client } from '#clients/client.ts'
import type { Connection } from '#connections/connection.ts'
import type { Context } from '#context.ts'
import { normalizeIdentifier } from '#users/identifier.ts'
import type { User } from '#users/user.ts'
import { admit, countFailure, forgetAttempt, forgetFailures, freeForStrangers } from './attack-protection.ts'

export type PasswordVerdict =
  /** The hash that was compared: whoever opens a session for it asks whether it still counts. */
  | { user: User; passwordHash: string }
  | { refused: 'wrong-credentials' | 'too-many-attempts' }
  | { refused: 'work-needed'; challenge: string }

export interface PasswordAttempt {
  connection: Connection
  username: string
  password: string
  client: Client
  /** The id of a browser in which this name has signed in before. */
  knownBrowser?: string
  /** The answer to an earlier `work-needed`. */
  work?: string
}

/**
 * Checks a password. Unknown user, wrong password and blocked user look and cost the same (SEC-189, SEC-190).
 * @throws Overloaded when too many others wait
 */
export async function verifyPassword(attempt: PasswordAttempt, ctx: Context): Promise<PasswordVerdict> {
  const { connection, password, knownBrowser, work } = attempt
  const identifier = normalizeIdentifier(attempt.username)
  const guess = { connection: connection.name, identifier, knownBrowser, work }
  const admitted = await admit(guess, ctx)
  if ('refused' in admitted) {
    if (admitted.refused === 'work') return { refused: 'work-needed', challenge: admitted.challenge }
    note(admitted.refused, attempt, undefined, ctx)
    return { refused: 'too-many-attempts' }
  }
  const user = await ctx.store.users.findByIdentifier(connection.name, identifier)
  const hash = user && (await ctx.store.users.findPasswordHash(user.userId))
  const { passwords, tenant } = ctx
  const comparing = hash ? passwords.verify(password, hash, tenant.id) : passwords.verifyNothing(password, tenant.id)
  const verdict = await comparing.catch(async (error: unknown) => {
    await forgetAttempt(admitted, ctx)
    throw error
  })
  if (!user || !hash || !verdict?.ok) {
    await countFailure(admitted, ctx)
    note(user ? 'fp' : 'fu', attempt, user, ctx)
    if (admitted.alarm) note('limit_wc', attempt, user, ctx, alarm)
    return { refused: 'wrong-credentials' }
  }
  await forgetFailures(admitted, ctx)
  if (admitted.failures >= remarkable) note('w', attempt, user, ctx)
  const stronger = verdict.upgrade && (await strengthen(user, password, hash, ctx))
  return { user, passwordHash: stronger || hash }
}

/** Wrong passwords after which a right one is worth a line in the log: somebody may have guessed it (SEC-197). */
const remarkable = 5

/** An imported hash becomes one of ours as soon as we know the password (SEC-186). @returns the new one, if it counts now */
async function strengthen(user: User, password: string, replaces: string, ctx: Context): Promise<string | undefined> {
  const hash = await ctx.passwords.hash(password, ctx.tenant.id)
  // Should the password be changed at this moment, the old one must not come back.
  const change = { samePassword: true, replaces, now: ctx.now() }
  return (await ctx.store.users.setPasswordHash(user.userId, hash, change)) ? hash : undefined
}

/** For the owner, told once: what a mail to them can be made of (SEC-193). */
const alarm = `${freeForStrangers} attempts on this account within an hour from browsers unknown to it; others must work first`

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
  description = descriptions[type],
): void {
  ctx.log({
    type,
    description,
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
