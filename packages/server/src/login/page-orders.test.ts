// Every order in which the pages of a sign-in can be visited, breadth first, until nothing new comes of it: whatever happens before,
// between and in other tabs, a code goes out only for somebody who has done all that was due.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PasswordKdf } from '#crypto/password-kdf.ts'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import type { Answer } from '../../testing/browser.ts'
import { aClient, aUser, sample, seedSample } from '../../testing/builders.ts'
import { authorizeUrl, exchange } from '../../testing/login.ts'
import { actionNames, type Deeds, idOf, PageWalk } from '../../testing/page-walk.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { claimsOf } from '../../testing/tokens.ts'

/** Thousands of sign-ins, and none of them is about how a password is compared. */
const inTheClear: PasswordKdf = {
  hash: async (password) => password,
  verify: async (password, encoded) => ({ ok: password === encoded, upgrade: false }),
  verifyNothing: async () => {},
}

const thirdParty = 'third-party'
let server: TestServer
before(async () => {
  server = await startServer({
    passwords: inTheClear,
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      const off = { enabled: false, maxAttempts: 1, allowlist: [] }
      const attackProtection = { bruteForceProtection: off, suspiciousIpThrottling: off }
      await store.settings.update({ ...defaultTenantSettings, attackProtection })
      await store.clients.save(aClient({ clientId: thirdParty, isFirstParty: false }))
      const connection = await store.connections.findByName(sample.connection)
      assert.ok(connection)
      await store.connections.save({ ...connection, enabledClients: [sample.clientId, thirdParty] })
      const identities = [{ connection: sample.connection, provider: 'auth0', subject: 'bob', isSocial: false }]
      await store.users.create(aUser({ userId: idOf('bob'), email: 'bob@example.com', identities }), sample.password)
      const now = Date.now()
      await store.users.setPasswordHash(sample.userId, sample.password, { samePassword: true, now })
    },
  })
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

interface Scenario {
  request: Record<string, string>
  /** Somebody signed in here two hours ago. */
  visited?: true
  /** Somebody else may sign in on the way: what one agreed to, the other has not (SEC-163). */
  shared?: true
  due: { freshLogin?: true; consent?: true; confirmation?: true; account?: true }
}

const scenarios: Record<string, Scenario> = {
  'single sign-on to a callback that another app could own': {
    request: { redirect_uri: sample.customScheme },
    visited: true,
    due: { confirmation: true },
  },
  'a third-party app with a custom scheme, and a sign-in that is too old': {
    request: { client_id: thirdParty, redirect_uri: sample.customScheme, max_age: '3600' },
    visited: true,
    shared: true,
    due: { freshLogin: true, consent: true, confirmation: true },
  },
  'SEC-013: prompt=login while a session is there': {
    request: { prompt: 'login' },
    visited: true,
    due: { freshLogin: true },
  },
  'an account to choose': { request: { prompt: 'select_account' }, visited: true, due: { account: true } },
}

/** What the user owes, judged by what they did and by nothing that the server says. */
function owed({ due, request }: Scenario, { signedIn, here, longAgo, agreed, acted, consented }: Deeds): string[] {
  if (!signedIn) return ['a sign-in']
  const recently = here || (request.prompt?.includes('login') ? false : !longAgo)
  const owes = {
    'a fresh sign-in': due.freshLogin && !recently,
    consent: due.consent && !consented.has(signedIn),
    'a choice of account': due.account && !here && agreed.account !== signedIn,
    'a confirmation': due.confirmation && !acted,
  }
  return Object.entries(owes).flatMap(([what, owing]) => (owing ? [what] : []))
}

async function begin(scenario: Scenario, path: readonly string[]): Promise<PageWalk> {
  for (const person of ['ada', 'bob'] as const)
    for (const clientId of [thirdParty, sample.clientId]) await server.store.consents.revoke(idOf(person), clientId, '')
  const onCode = async (answer: Answer, deeds: Deeds) => {
    assert.deepEqual(owed(scenario, deeds), [], `a code went out after: ${path.join(', ')}`)
    const own = { client_id: scenario.request.client_id ?? sample.clientId }
    const redirectUri = scenario.request.redirect_uri ?? 'https://app.example/callback'
    const { body } = await exchange(server.url, answer, { ...own, redirect_uri: redirectUri })
    const { sub } = claimsOf(String(body.id_token))
    assert.equal(sub, deeds.signedIn && idOf(deeds.signedIn), `somebody else’s code after: ${path.join(', ')}`)
  }
  const walk = new PageWalk(server, authorizeUrl(scenario.request), onCode)
  if (scenario.visited) {
    await walk.elsewhere('ada')
    server.clock.advance(7_200_000)
    walk.grownOld()
  }
  await walk.start()
  return walk
}

type Chart = Map<string, Map<string, string>>

/** The actions that lead to the nearest place where something was not tried yet, that action included. */
function nextOn(map: Chart, from: string, all: readonly string[]): string[] | undefined {
  const known = new Set([from])
  const ways: { place: string; way: string[] }[] = [{ place: from, way: [] }]
  for (const { place, way } of ways) {
    const tried = map.get(place)
    const untried = all.find((action) => !tried?.has(action))
    if (untried !== undefined) return [...way, untried]
    for (const [action, next] of tried ?? [])
      if (!known.has(next)) {
        known.add(next)
        ways.push({ place: next, way: [...way, action] })
      }
  }
  return undefined
}

/** From each place, everything once. @returns how often a code was given */
async function exploreAll(scenario: Scenario): Promise<number> {
  const map: Chart = new Map()
  const actions = actionNames.filter((name) => scenario.shared || name !== 'bob signs in')
  let codes = 0
  let begun = ''
  do {
    const path: string[] = []
    const walk = await begin(scenario, path)
    let here = await walk.fingerprint()
    begun = here
    for (let way = nextOn(map, here, actions); way; way = nextOn(map, here, actions))
      for (const action of way) {
        path.push(action)
        await walk.act(action)
        const there = await walk.fingerprint()
        map.set(here, (map.get(here) ?? new Map<string, string>()).set(action, there))
        here = there
      }
    codes += walk.codes
    // Some places are behind us for good: what was agreed to once stays so.
  } while (nextOn(map, begun, actions))
  return codes
}

describe('SEC-214 SEC-163 no order of pages drops a step, and the yes of one account is no yes of another', () => {
  for (const [name, scenario] of Object.entries(scenarios))
    test(name, async () => assert.ok((await exploreAll(scenario)) > 0, 'and there is a way through'))
})
