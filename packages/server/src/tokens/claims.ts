import type { Client } from '#clients/client.ts'
import type { User } from '#users/user.ts'

type Claims = Record<string, unknown>

/** Which claims each scope opens (Core §5.4). */
const profile = (user: User, client: Pick<Client, 'standardClaims'>): Claims => ({
  name: user.name,
  given_name: user.givenName,
  family_name: user.familyName,
  middle_name: user.middleName,
  nickname: user.nickname,
  preferred_username: user.preferredUsername ?? user.username,
  profile: user.profile,
  picture: user.picture,
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
export function userClaims(user: User, scope: readonly string[], client: Pick<Client, 'standardClaims'>): Claims {
  const claims: Claims = { sub: user.userId }
  if (scope.includes('profile')) Object.assign(claims, profile(user, client))
  if (scope.includes('email')) Object.assign(claims, email(user))
  if (scope.includes('phone')) Object.assign(claims, phone(user))
  if (scope.includes('address') && user.address) claims.address = user.address
  return claims
}
