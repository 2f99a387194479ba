import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { aUser, hashOf, sample } from '../../testing/builders.ts'
import { exchange, signIn } from '../../testing/login.ts'
import { freshDatabase } from '../../testing/postgres.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import {
  addClient,
  offline,
  offlineOpaque,
  refresh,
  refreshed,
  revoke,
  type TokenBody,
  tokensOf,
  userinfo,
} from '../../testing/tokens.ts'

/**
 * Two requests that race meet in the database. A gate holds both of them up at the same place and lets them through in the order in
 * which they came: every interleaving that PostgreSQL allows happens here because it was asked for, and not now and then.
 */
let server: TestServer
let url: string
let database: string
let gate: pg.Client
before(async () => {
  database = await freshDatabase()
  const KEYWRIGHT_SECRET = 'a secret for these tests, long enough to be one'
  server = await startServer({ environment: { KEYWRIGHT_DATABASE: database, KEYWRIGHT_SECRET } })
  url = server.url
  gate = new pg.Client({ connectionString: database })
  await gate.connect()
})
after(async () => {
  await gate.end()
  assert.deepEqual(server.errors, [])
  await server.stop()
})

/** @returns what the requests were answered; each is sent when the one before it waits at the gate */
async function inThisOrder<T>(closed: string, requests: (() => Promise<T>)[]): Promise<T[]> {
  await gate.query('BEGIN')
  const answers: Promise<T>[] = []
  try {
    await gate.query(closed)
    for (const request of requests) {
      answers.push(request())
      await untilWaiting(answers.length)
    }
  } finally {
    await gate.query('COMMIT')
  }
  return Promise.all(answers)
}

/** Asks, rather than waits: how many transactions stand before a lock, the sweep not counted. */
async function untilWaiting(count: number): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const { rows } = await gate.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
         AND query NOT ILIKE '%skip locked%'`,
    )
    if (rows[0]?.waiting === count) return
    assert.ok(performance.now() < deadline, `${rows[0]?.waiting} of ${count} wait`)
  }
}

const gates = {
  family: 'SELECT 1 FROM refresh_families FOR UPDATE',
  codes: 'SELECT 1 FROM authorization_codes FOR UPDATE',
  tokens: 'LOCK TABLE opaque_access_tokens IN EXCLUSIVE MODE',
}

type Outcome = { status: number; body: Record<string, unknown> }

/** Nothing that came out of it works, whoever was first. */
async function deadAfter({ status, body }: Outcome, what: string, form = {}) {
  assert.ok(status === 200 || status === 400, `${what}: ${status}`)
  if (status === 400) assert.equal(body.error, 'invalid_grant', what)
  if (typeof body.access_token === 'string')
    assert.equal((await userinfo(url, body.access_token)).status, 401, `${what}: the access token`)
  if (typeof body.refresh_token === 'string')
    assert.equal((await refresh(url, body.refresh_token, form)).status, 400, `${what}: the refresh token`)
}

describe('SEC-129 a revocation and a refresh at the same moment: whoever is first, nothing works once both are answered', () => {
  const steady = { client_id: 'steady' }
  before(async () => {
    const client = await addClient(server, { clientId: 'steady', tokenEndpointAuthMethod: 'none' })
    const settings = { ...client.refreshToken, rotationType: 'non-rotating' as const }
    await server.store.clients.save({ ...client, refreshToken: settings })
  })

  /** Which token is sent, of which client, and whether a row of its own is made for the access token. */
  const ways: Record<string, () => Promise<{ family: TokenBody; sent: string; form?: Record<string, string> }>> = {
    'of the newest token': async () => {
      const family = await tokensOf(server, offlineOpaque)
      return { family, sent: family.refresh_token }
    },
    'of the token before, within the leeway': async () => {
      const family = await tokensOf(server, offlineOpaque)
      await refreshed(url, family.refresh_token)
      return { family, sent: family.refresh_token }
    },
    'of a token that does not rotate': async () => {
      const family = await tokensOf(server, { ...offlineOpaque, ...steady })
      return { family, sent: family.refresh_token, form: steady }
    },
    'for a JWT': async () => {
      const family = await tokensOf(server, offline)
      return { family, sent: family.refresh_token }
    },
  }
  for (const [what, make] of Object.entries(ways))
    for (const where of ['family', 'tokens'] as const)
      for (const first of ['revoke', 'refresh'] as const) {
        if (what === 'for a JWT' && where === 'tokens') continue // it makes none there
        test(`a refresh ${what}, ${first} first, at the ${where}`, async () => {
          const { family, sent, form = {} } = await make()
          const revocation = async (): Promise<Outcome> => {
            const { status } = await revoke(url, family.refresh_token, form)
            return { status, body: {} }
          }
          const attempt = () => refresh(url, sent, form)
          const order = first === 'revoke' ? [revocation, attempt] : [attempt, revocation]
          const outcomes = await inThisOrder(gates[where], order)
          for (const outcome of outcomes) await deadAfter(outcome, first, form)
          assert.equal((await userinfo(url, family.access_token)).status, 401)
        })
      }
})

describe('SEC-126 SEC-129 what ends a user’s tokens, and an exchange or a refresh at the same moment', () => {
  const ends: Record<string, () => Promise<unknown>> = {
    'a change of password': async () => {
      const hash = await hashOf(sample.password)
      return server.store.users.setPasswordHash(sample.userId, hash, { samePassword: false, now: server.clock.now() })
    },
    blocking: () => server.store.users.update(aUser({ blocked: true })),
    'a withdrawn consent': () => server.store.consents.revoke(sample.userId, sample.clientId, ''),
  }
  for (const [what, end] of Object.entries(ends))
    for (const first of ['the end', 'the request'] as const) {
      const race = async (closed: string, request: () => Promise<Outcome>) => {
        const ending = async (): Promise<Outcome> => {
          await end()
          return { status: 200, body: {} }
        }
        const outcomes = await inThisOrder(closed, first === 'the end' ? [ending, request] : [request, ending])
        await server.store.users.update(aUser())
        for (const outcome of outcomes) await deadAfter(outcome, first)
      }
      test(`${what}, and an exchange: ${first} first`, async () => {
        const answer = await signIn(url, offlineOpaque)
        await race(gates.codes, () => exchange(url, answer))
      })
      test(`${what}, and a refresh: ${first} first`, async () => {
        const { refresh_token } = await tokensOf(server, offlineOpaque)
        await race(gates.family, () => refresh(url, refresh_token))
      })
    }
})
