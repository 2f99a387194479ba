import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aClient, aUser } from '../../testing/builders.ts'
import { userClaims } from './claims.ts'

const user = aUser({
  givenName: 'Ada',
  familyName: 'Lovelace',
  phoneNumber: '+49301234567',
  address: { locality: 'London' },
  birthdate: '1815-12-10',
  userMetadata: { secret: 'not a claim' },
  appMetadata: { role: 'not a claim' },
})

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
      ['sub', 'name', 'given_name', 'family_name', 'nickname', 'birthdate', 'updated_at'],
    ],
    [['openid', 'appointments', 'Profile', 'profil', 'offline_access'], ['sub']],
  ]
  for (const [scope, expected] of cases)
    test(scope.join(' '), () => {
      const claims: unknown = JSON.parse(JSON.stringify(userClaims(user, scope, aClient())))
      assert.deepEqual(Object.keys(claims as object).sort(), expected.sort())
    })
})

test('what is not known is left out, and a user without an address has not verified it', () => {
  const bare = aUser({ name: undefined, nickname: undefined, email: undefined, username: 'ada' })
  const claims: unknown = JSON.parse(
    JSON.stringify(userClaims(bare, ['openid', 'profile', 'email', 'phone'], aClient())),
  )
  assert.deepEqual(claims, {
    sub: bare.userId,
    preferred_username: 'ada',
    updated_at: '2026-01-01T00:00:00.000Z',
  })
})

test('updated_at is Auth0’s text, or the standard’s number where the client wants it', () => {
  assert.equal(userClaims(user, ['profile'], aClient()).updated_at, '2026-01-01T00:00:00.000Z')
  assert.equal(userClaims(user, ['profile'], aClient({ standardClaims: true })).updated_at, 1_767_225_600)
})
