import type { Client } from '#clients/client.ts'
import { avatarOf, avatarPath } from '#users/avatar.ts'
import type { User } from '#users/user.ts'

type Claims = Record<string, unknown>

/** What claims are made for, besides the user. */
export interface Audience {
  client: Pick<Client, 'standardClaims'>
  issuer: string
}

/** Which claims each scope opens (Core §5.4). */
const profile = (user: User, { client, issuer }: Audience): Claims => ({
  name: user.name,
  given_name: user.givenName,
  family_name: user.familyName,
  middle_name: user.middleName,
  nickname: user.nickname,
  preferred_username: user.preferredUsername ?? user.username,
  profile: user.profile,
  // Auth0: always an address, which its SDKs and apps rely on; where it is a Gravatar, ours tells nobody.
  picture: user.picture ?? issuer + avatarPath(avatarOf(user)),
  website: user.website,
  gender: user.gender,
  birthdate: user.birthdate,
  zoneinfo: user.zoneinfo,
  locale: user.locale,
  // Auth0: an ISO string, where Core §5.1 wants a number; the client's `standard_claims` chooses.
  updated_at: client.standardClaims ? Math.floor(user.updatedAt / 1000) : new Date(user.updatedAt).toISOString(),
})

const email = (user: User): Claims => (user.email ? { email: user.email, email_verified: user.emailVerified } : {})

const phone = (user: User): Claims =>
  user.phoneNumber ? { phone_number: user.phoneNumber, phone_number_verified: user.phoneVerified ?? false } : {}

/** What ID token and `/userinfo` say of the user; values that are not known are left out (Core §5.3.2). */
export function userClaims(user: User, scope: readonly string[], audience: Audience): Claims {
  const claims: Claims = { sub: user.userId }
  if (scope.includes('profile')) Object.assign(claims, profile(user, audience))
  if (scope.includes('email')) Object.assign(claims, email(user))
  if (scope.includes('phone')) Object.assign(claims, phone(user))
  if (scope.includes('address') && user.address) claims.address = user.address
  return claims
}

const anybody: User = {
  userId: 'auth0|a',
  connection: 'a',
  email: 'a@a.example',
  emailVerified: true,
  phoneNumber: '+1',
  address: {},
  userMetadata: {},
  appMetadata: {},
  blocked: false,
  identities: [],
  createdAt: 0,
  updatedAt: 0,
}

/** The names of all of them, for discovery. */
export const userClaimNames: readonly string[] = Object.keys(
  userClaims(anybody, ['profile', 'email', 'phone', 'address'], { client: { standardClaims: false }, issuer: '' }),
)
