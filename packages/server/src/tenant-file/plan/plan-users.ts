import type { Connection } from '#connections/connection.ts'
import { randomHex } from '#crypto/random-id.ts'
import { didYouMean } from '#nearest-name.ts'
import { normalizeIdentifier } from '#users/identifier.ts'
import type { User } from '#users/user.ts'
import type { UserEntry } from '../schema/user-schema.ts'
import type { Entry } from '../tenant-file.ts'
import { mentioned, type Planning, refuseTwice, type Step, stepOf } from './planning.ts'

export interface UserStep extends Step<User> {
  /** As it was read; undefined for a new user. */
  before?: User
  /** In clear, to be hashed when the user is created and compared otherwise. */
  password?: string
  /** Of a new user. */
  passwordHash?: string
}

/** Auth0 puts the prefix before the ids of database users; a file may leave it out. */
export const fullUserId = (id: string): string => (id.startsWith('auth0|') ? id : `auth0|${id}`)

export const identifiersOf = ({ email, username }: UserEntry): string[] =>
  [email, username].filter((text) => text !== undefined).map(normalizeIdentifier)

/** @param connections the tenant's connections, as they will be */
export function planUsers(
  entries: readonly Entry<UserEntry>[],
  connections: readonly Connection[],
  planning: Planning,
): UserStep[] {
  const { problems } = planning
  refuseTwice(entries, ({ user_id: id }) => id && fullUserId(id), 'the user', problems)
  for (const name of ['email', 'username'] as const) {
    refuseTwice(
      entries,
      (user) => user[name] && `${normalizeIdentifier(user[name])} of ${user.connection}`,
      'the user',
      problems,
    )
  }
  return entries.flatMap((entry) => (mayHaveUsers(entry, connections, planning) ? planUser(entry, planning) : []))
}

function mayHaveUsers(entry: Entry<UserEntry>, connections: readonly Connection[], planning: Planning): boolean {
  const { connection: name } = entry.wanted
  const found = connections.find((connection) => connection.name === name)
  if (found?.strategy === 'auth0') return true
  const known = connections.filter(({ strategy }) => strategy === 'auth0').map((connection) => connection.name)
  const where = entry.at('connection')
  if (found || planning.skipped.connections.includes(name)) {
    planning.notes.push(`${where}: not applied yet: users of ${name}, which is not a database`)
  } else {
    const what = `connection is ${JSON.stringify(name)}: there is none of this name${didYouMean(name, known)}`
    planning.problems.push(`${where}: ${what}`)
  }
  return false
}

function planUser(entry: Entry<UserEntry>, planning: Planning): UserStep[] {
  const { wanted } = entry
  const found = findUsers(wanted, planning.state.users)
  if (found.length > 1) {
    const ids = found.map(({ userId }) => userId).join(', ')
    planning.problems.push(`${entry.at()}: it means more than one user by id, address and name: ${ids}`)
    return []
  }
  const before = found[0]
  if (before && wanted.user_id !== undefined && before.userId !== fullUserId(wanted.user_id)) {
    const what = `user_id is "${wanted.user_id}": the user exists as ${before.userId}, and ids cannot change`
    planning.problems.push(`${entry.at('user_id')}: ${what}`)
  }
  const base = before ?? newUser(wanted, planning)
  const value = { ...base, ...fieldsOf(wanted, base) }
  const step = stepOf(`user ${value.email ?? value.username ?? value.userId}`, before, value)
  if (step.verb === 'update') step.value = { ...value, updatedAt: planning.now }
  if (wanted.password !== undefined && wanted.password.length < 8) {
    planning.notes.push(
      `${entry.at('password')}: the password of ${value.email ?? value.username} is shorter than 8 characters`,
    )
  }
  return [{ ...step, ...mentioned({ before, password: wanted.password, passwordHash: wanted.password_hash }) }]
}

function findUsers(wanted: UserEntry, users: readonly User[]): User[] {
  const identifiers = identifiersOf(wanted)
  return users.filter(
    (user) =>
      (wanted.user_id !== undefined && user.userId === fullUserId(wanted.user_id)) ||
      (user.connection === wanted.connection &&
        [user.email, user.username].some((text) => text !== undefined && identifiers.includes(text))),
  )
}

function newUser(wanted: UserEntry, { random, now }: Planning): User {
  const userId = fullUserId(wanted.user_id ?? randomHex(random, 12))
  const [identifier = ''] = identifiersOf(wanted)
  const identity = { connection: wanted.connection, provider: 'auth0', subject: userId.slice(6), isSocial: false }
  return {
    userId,
    connection: wanted.connection,
    emailVerified: false,
    name: identifier,
    nickname: identifier.split('@')[0],
    userMetadata: {},
    appMetadata: {},
    blocked: false,
    identities: [identity],
    createdAt: now,
    updatedAt: now,
  }
}

const fieldsOf = (wanted: UserEntry, base: User) =>
  mentioned<Partial<User>>({
    email: wanted.email && normalizeIdentifier(wanted.email),
    emailVerified: wanted.email_verified,
    username: wanted.username && normalizeIdentifier(wanted.username),
    phoneNumber: wanted.phone_number,
    phoneVerified: wanted.phone_verified,
    name: wanted.name,
    givenName: wanted.given_name,
    familyName: wanted.family_name,
    nickname: wanted.nickname,
    picture: wanted.picture,
    middleName: wanted.middle_name,
    preferredUsername: wanted.preferred_username,
    profile: wanted.profile,
    website: wanted.website,
    gender: wanted.gender,
    birthdate: wanted.birthdate,
    zoneinfo: wanted.zoneinfo,
    locale: wanted.locale,
    address: wanted.address,
    userMetadata: mergedMetadata(base.userMetadata, wanted.user_metadata),
    appMetadata: mergedMetadata(base.appMetadata, wanted.app_metadata),
    blocked: wanted.blocked,
  })

/** As PATCH does it: on the first level, and null removes (SEC-273; the reader has refused `__proto__`). */
function mergedMetadata(before: Record<string, unknown>, wanted: Record<string, unknown> | undefined) {
  if (!wanted) return undefined
  return Object.fromEntries(Object.entries({ ...before, ...wanted }).filter(([, value]) => value !== null))
}
