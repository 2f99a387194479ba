import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aClient, aUser } from '../../testing/builders.ts'
import { userClaimNames, userClaims } from './claims.ts'

const user = aUser({
  givenName: 'Ada',
  familyName: 'Lovelace',
  phoneNumber: '+49301234567',
  address: { locality: 'London' },
  birthdate: '1815-12-10',
  userMetadata: { secret: 'not a claim' },
  appMetadata: { role: 'not a claim' },
})

const audience = { client: aClient(), issuer: 'https://login.example/' }

describe('each scope opens its claims, and only those (Core §5.4)', () => {
  const cases: [string[], string[]][] = [
    [['openid'], ['sub']],
    [
      ['openid', 'email'],
      ['sub', 'email', 'email_verified'],
    ],
    [
      ['openid', 'phone'],
      ['sub', 'phone_number', 'phone_number_verified'],
    ],
    [
      ['openid', 'address'],
      ['sub', 'address'],
    ],
    [
      ['openid', 'profile'],
      ['sub', 'name', 'given_name', 'family_name', 'nickname', 'picture', 'birthdate', 'updated_at'],
    ],
    [['openid', 'appointments', 'Profile', 'profil', 'offline_access'], ['sub']],
  ]
  for (const [scope, expected] of cases)
    test(scope.join(' '), () => {
      const claims: unknown = JSON.parse(JSON.stringify(userClaims(user, scope, audience)))
      assert.deepEqual(Object.keys(claims as object).sort(), expected.sort())
    })
})

test('every claim says what the user’s record says', () => {
  const everything = aUser({
    name: 'the name',
    givenName: 'the given name',
    familyName: 'the family name',
    middleName: 'the middle name',
    nickname: 'the nickname',
    preferredUsername: 'the preferred user name',
    username: 'the user name',
    profile: 'https://profile.example/',
    picture: 'https://picture.example/',
    website: 'https://website.example/',
    gender: 'the gender',
    birthdate: '1815-12-10',
    zoneinfo: 'Europe/London',
    locale: 'en-GB',
    phoneNumber: '+49301234567',
    phoneVerified: true,
    email: 'ada@example.com',
    emailVerified: false,
    address: { locality: 'London' },
  })
  assert.deepEqual(userClaims(everything, ['openid', 'profile', 'email', 'phone', 'address'], audience), {
    sub: everything.userId,
    name: 'the name',
    given_name: 'the given name',
    family_name: 'the family name',
    middle_name: 'the middle name',
    nickname: 'the nickname',
    preferred_username: 'the preferred user name',
    profile: 'https://profile.example/',
    picture: 'https://picture.example/',
    website: 'https://website.example/',
    gender: 'the gender',
    birthdate: '1815-12-10',
    zoneinfo: 'Europe/London',
    locale: 'en-GB',
    updated_at: '2026-01-01T00:00:00.000Z',
    email: 'ada@example.com',
    email_verified: false,
    phone_number: '+49301234567',
    phone_number_verified: true,
    address: { locality: 'London' },
  })
})

test('an address and a number that nobody has verified are told as such', () => {
  const claims = userClaims(aUser({ phoneNumber: '+49301234567', emailVerified: false }), ['email', 'phone'], audience)
  assert.equal(claims.email_verified, false)
  assert.equal(claims.phone_number_verified, false)
  assert.ok(!('address' in userClaims(aUser(), ['address'], audience)))
})

test('what is not known is left out, and a user without an address has not verified it', () => {
  const bare = aUser({ name: undefined, nickname: undefined, email: undefined, username: 'ada' })
  const claims: Record<string, unknown> = JSON.parse(
    JSON.stringify(userClaims(bare, ['openid', 'profile', 'email', 'phone'], audience)),
  )
  assert.deepEqual(claims, {
    sub: bare.userId,
    preferred_username: 'ada',
    picture: claims.picture,
    updated_at: '2026-01-01T00:00:00.000Z',
  })
})

test('picture is always an address: the user’s own, or the one of their initials, which no third party is asked for', () => {
  const own = userClaims({ ...user, picture: 'https://a.example/ada.png' }, ['profile'], audience)
  assert.equal(own.picture, 'https://a.example/ada.png')
  const { picture } = userClaims(user, ['profile'], audience)
  assert.match(String(picture), /^https:\/\/login\.example\/avatars\/[\w-]+\.svg$/)
})

test('all claims that there can be are named for discovery', () => {
  const full = userClaims({ ...user, phoneVerified: true }, ['profile', 'email', 'phone', 'address'], audience)
  assert.deepEqual([...userClaimNames].toSorted(), Object.keys(full).toSorted())
})

test('updated_at is Auth0’s text, or the standard’s number where the client wants it', () => {
  assert.equal(userClaims(user, ['profile'], audience).updated_at, '2026-01-01T00:00:00.000Z')
  assert.equal(
    userClaims(user, ['profile'], { ...audience, client: { standardClaims: true } }).updated_at,
    1_767_225_600,
  )
})
