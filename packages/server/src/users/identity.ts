import type { Connection } from '#connections/connection.ts'
import type { Profile } from '#connections/strategy.ts'
import type { Context } from '#context.ts'
import { accessDenied } from '#errors.ts'
import type { User } from './user.ts'

/**
 * The user whom a connection knows by this subject, made if new. Nobody is found by an address, verified or not: whoever can
 * set one at some provider would otherwise take over an account here (SEC-229).
 */
export async function findOrCreateUser(profile: Profile, connection: Connection, ctx: Context): Promise<User> {
  const known = await ctx.store.users.findByIdentity(connection.name, profile.subject)
  if (known) return refresh(known, profile, ctx)
  const user = newUser(profile, connection, ctx)
  if (await ctx.store.users.create(user)) {
    ctx.log({
      type: 'ss',
      connection: connection.name,
      connectionId: connection.id,
      strategy: connection.strategy,
      userId: user.userId,
      userName: user.email ?? user.username,
    })
    return user
  }
  // Another tab of the same user was faster.
  const winner = await ctx.store.users.findByIdentity(connection.name, profile.subject)
  if (winner) return winner
  throw accessDenied('This account cannot be created.', { userId: user.userId, reason: 'the user id is taken' })
}

function newUser(profile: Profile, connection: Connection, ctx: Context): User {
  const { name, strategy } = connection
  const now = ctx.now()
  return {
    userId: `${strategy}|${name}|${profile.subject}`,
    connection: name,
    ...fieldsOf(profile),
    userMetadata: {},
    appMetadata: {},
    blocked: false,
    identities: [{ connection: name, provider: strategy, subject: profile.subject, isSocial: false }],
    createdAt: now,
    updatedAt: now,
  }
}

/**
 * The provider's word replaces what it said last time, and what it no longer says goes. One write, if anything changed, and none
 * over somebody else's: an administrator who blocks the user at this moment must not be undone. Whoever is always slower
 * signs in with the profile that is there.
 */
async function refresh(user: User, profile: Profile, ctx: Context, attempts = 3): Promise<User> {
  const said = fieldsOf(profile)
  const changed = (Object.keys(said) as (keyof typeof said)[]).some((field) => said[field] !== user[field])
  if (!changed || attempts === 0) return user
  const refreshed = { ...user, ...said, updatedAt: ctx.now() }
  if (await ctx.store.users.update(refreshed, user)) return refreshed
  const now = await ctx.store.users.find(user.userId)
  if (!now)
    throw accessDenied('This account is gone.', { userId: user.userId, reason: 'the user was deleted meanwhile' })
  return refresh(now, profile, ctx, attempts - 1)
}

/** Every field a provider may set; not `username`, which is a name to sign in with at a database. */
const fieldsOf = (profile: Profile) => ({
  email: profile.email,
  emailVerified: profile.emailVerified,
  preferredUsername: profile.username,
  name: profile.name,
  givenName: profile.givenName,
  familyName: profile.familyName,
  middleName: profile.middleName,
  nickname: profile.nickname,
  picture: profile.picture,
  locale: profile.locale,
  zoneinfo: profile.zoneinfo,
  phoneNumber: profile.phoneNumber,
})
