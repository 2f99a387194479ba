import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RefreshTokenSettings } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken, systemRandom } from '#crypto/random-id.ts'
import { createSealer } from '#crypto/seal.ts'
import { aClient } from '../../testing/builders.ts'
import { aFamily, hour, noon } from '../../testing/issued.ts'
import type { RefreshFamily } from './refresh-family.ts'
import {
  formatRefreshToken,
  idleExpiry,
  isAlive,
  parseRefreshToken,
  type RefreshToken,
  refreshTokenDigest,
  refreshTokenExpiry,
  standingOf,
  successorOf,
} from './refresh-token.ts'

const contextOf = (tenantId: string, secret: string) =>
  ({ tenant: { id: tenantId }, sealer: createSealer(secret) }) as unknown as Context
const here = contextOf('ten_a', 'a secret that is long enough for a sealer')

const aToken = (): RefreshToken => ({
  familyId: randomToken(systemRandom, 16),
  generation: 0,
  secret: randomToken(systemRandom),
})

test('what is formatted is parsed, and only as it was formatted', () => {
  const token = { ...aToken(), generation: 41 }
  const text = formatRefreshToken(token, here)
  assert.deepEqual(parseRefreshToken(text, here), token)
  assert.match(text, /^v1\.[\w-]+\.41\.[\w-]{43}\.[\w-]{43}$/)
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === 'A' ? 'B' : 'A'
    // The last of 43 characters carries four bits: two of its spellings may decode alike, so the text itself is compared.
    assert.equal(parseRefreshToken(text.slice(0, i) + other + text.slice(i + 1), here), undefined, `at ${i}`)
  }
  for (const wrong of ['', 'v1', ` ${text}`, `${text}\n`, text.replace('v1', 'v2'), text.replace('.41.', '.041.')])
    assert.equal(parseRefreshToken(wrong, here), undefined, wrong)
})

test('SEC-123 another tenant’s, and another installation’s, is none of ours', () => {
  const text = formatRefreshToken(aToken(), here)
  assert.equal(parseRefreshToken(text, contextOf('ten_b', 'a secret that is long enough for a sealer')), undefined)
  assert.equal(parseRefreshToken(text, contextOf('ten_a', 'another secret, just as long, for a sealer')), undefined)
})

test('SEC-121 a token has one successor, which nobody can work out who has only the token', () => {
  const token = aToken()
  const next = successorOf(token, here)
  assert.deepEqual(successorOf(token, here), next)
  assert.equal(next.familyId, token.familyId)
  assert.equal(next.generation, 1)
  assert.notEqual(next.secret, token.secret)
  assert.notEqual(
    successorOf(token, contextOf('ten_a', 'another secret, just as long, for a sealer')).secret,
    next.secret,
  )
  const secrets = new Set<string>()
  let current = token
  for (let i = 0; i < 1000; i++) {
    secrets.add(current.secret)
    current = successorOf(current, here)
  }
  assert.equal(secrets.size, 1000)
})

test('SEC-125 what is stored is a digest of 256 random bits, different for each generation', () => {
  const token = aToken()
  assert.equal(Buffer.from(token.secret, 'base64url').length, 32)
  assert.equal(refreshTokenDigest(token), digest(`0.${token.secret}`))
  assert.notEqual(refreshTokenDigest(token), refreshTokenDigest({ ...token, generation: 1 }))
})

describe('SEC-124 when a family ends', () => {
  const base = aClient().refreshToken
  const cases: [string, Partial<RefreshTokenSettings>, object][] = [
    ['both limits', { tokenLifetime: 100, idleTokenLifetime: 10 }, { expiresAt: 101_000, idleExpiresAt: 11_000 }],
    [
      'no absolute one',
      { infiniteTokenLifetime: true, idleTokenLifetime: 10 },
      { expiresAt: undefined, idleExpiresAt: 11_000 },
    ],
    [
      'no idle one',
      { tokenLifetime: 100, infiniteIdleTokenLifetime: true },
      { expiresAt: 101_000, idleExpiresAt: undefined },
    ],
    ['never', { expirationType: 'non-expiring' }, {}],
    [
      'never, whatever the limits say',
      { expirationType: 'non-expiring', tokenLifetime: 100, idleTokenLifetime: 10, infiniteTokenLifetime: true },
      {},
    ],
  ]
  for (const [what, over, expected] of cases)
    test(what, () => assert.deepEqual(refreshTokenExpiry({ ...base, ...over }, 1000), expected))

  test('the idle limit of a client without one stays away at every use', () => {
    assert.equal(idleExpiry({ ...base, idleTokenLifetime: 10 }, 1000), 11_000)
    assert.equal(idleExpiry({ ...base, expirationType: 'non-expiring' }, 1000), undefined)
    assert.equal(idleExpiry({ ...base, infiniteIdleTokenLifetime: true }, 1000), undefined)
  })

  const at = noon + hour
  const families: [string, Partial<RefreshFamily>, alive: boolean][] = [
    ['no limits', { expiresAt: undefined, idleExpiresAt: undefined }, true],
    ['before both limits', { expiresAt: at + 1, idleExpiresAt: at + 1 }, true],
    ['at the absolute one', { expiresAt: at, idleExpiresAt: at + 1 }, false],
    ['at the idle one', { expiresAt: at + 1, idleExpiresAt: at }, false],
    ['at the absolute one, without an idle one', { expiresAt: at, idleExpiresAt: undefined }, false],
    ['at the idle one, without an absolute one', { expiresAt: undefined, idleExpiresAt: at }, false],
    ['revoked', { revokedAt: noon }, false],
    ['revoked at the beginning of time', { revokedAt: 0 }, false],
  ]
  for (const [what, over, alive] of families)
    test(`${what}: ${alive ? 'alive' : 'dead'}`, () => assert.equal(isAlive(aFamily(over), at), alive))
})

describe('SEC-121 SEC-331 what a token is to its family', () => {
  const settings = { ...aClient().refreshToken, rotationType: 'rotating' as const }
  const token = { ...aToken(), generation: 3 }
  const family = (newest: RefreshToken, rotationAge?: number) =>
    aFamily({ generation: newest.generation, currentDigest: refreshTokenDigest(newest), rotationAge })

  test('the newest is current, however old, with every setting', () => {
    for (const rotationAge of [undefined, -1, 0, 1e12])
      for (const rotationType of ['rotating', 'non-rotating'] as const)
        assert.equal(standingOf(token, family(token, rotationAge), { ...settings, rotationType }, here), 'current')
  })

  const ages: [number | undefined, number, string][] = [
    [0, 5, 'retried'],
    [4999, 5, 'retried'],
    [5000, 5, 'reused'],
    [-1, 5, 'reused'],
    [-60_000, 5, 'reused'],
    [0, 0, 'reused'],
    [-1, 0, 'reused'],
    [undefined, 5, 'reused'],
  ]
  for (const [age, leeway, standing] of ages)
    test(`replaced ${age} ms ago, with a leeway of ${leeway} s: ${standing}`, () => {
      const replaced = family(successorOf(token, here), age)
      assert.equal(standingOf(token, replaced, { ...settings, leeway }, here), standing)
      const steady = { ...settings, leeway, rotationType: 'non-rotating' as const }
      assert.equal(standingOf(token, replaced, steady, here), 'reused')
    })

  test('two generations behind is a reuse, and so is another secret of the same generation', () => {
    assert.equal(standingOf(token, family(successorOf(successorOf(token, here), here), 0), settings, here), 'reused')
    assert.equal(standingOf({ ...aToken(), generation: 3 }, family(token, 0), settings, here), 'reused')
  })
})
