import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '#storage/store.ts'
import type { User } from '#users/user.ts'
import { aClient, aUser, sample } from '../../testing/builders.ts'
import {
  aCode,
  aFamily,
  anInteraction,
  anOpaqueToken,
  aSession,
  day,
  hour,
  minute,
  noon,
  unique,
} from '../../testing/issued.ts'
import { everyPlace, onEach } from '../../testing/storages.ts'

/** Ada with one of everything that can be issued to her. */
async function everythingIssued(store: Store) {
  await store.clients.save(aClient())
  await store.users.create(aUser(), 'a hash')
  const session = aSession()
  const cookies = { main: unique(), silent: unique() }
  await store.sessions.open(session, cookies)
  const waiting = aCode()
  await store.codes.create(waiting)
  const spent = aCode()
  const family = aFamily({ grantId: spent.grantId, audience: undefined })
  const accessToken = anOpaqueToken({ grantId: spent.grantId })
  await store.codes.create(spent)
  assert.equal(await store.codes.redeem(spent.codeDigest, { family, accessToken }, noon), true)
  const alive = async () => ({
    session: (await store.sessions.findByCookie('main', cookies.main, noon)) !== undefined,
    code: await store.codes.redeem(waiting.codeDigest, {}, noon),
    family: await store.refreshFamilies.use(family, undefined, noon),
    token: (await store.accessTokens.findWithUser(accessToken.tokenDigest, noon)) !== undefined,
  })
  return { session, cookies, waiting, spent, family, accessToken, alive }
}
const nothing = { session: false, code: false, family: false, token: false }

onEach(everyPlace, (bench) => {
  test('a user is found by id, e-mail address, user name and identity', async () => {
    const { users } = await bench.store()
    const user = aUser({ email: 'Ada@Example.COM', username: 'Ada_L' })
    assert.equal(await users.create(user, 'a hash'), true)
    assert.deepEqual(await users.find(user.userId), user)
    assert.deepEqual(await users.findByIdentifier(user.connection, 'ada@example.com'), user)
    assert.deepEqual(await users.findByIdentifier(user.connection, 'ada_l'), user)
    assert.equal(await users.findByIdentifier('another', 'ada_l'), undefined)
    assert.deepEqual(await users.findByIdentity(user.connection, user.userId.slice(6)), user)
    assert.equal(await users.findPasswordHash(user.userId), 'a hash')
  })

  test('SEC-208: nobody takes an id, identity, address or name that somebody has, not even in full-width letters', async () => {
    const { users } = await bench.store()
    await users.create(aUser({ username: 'ada' }))
    const other = { userId: 'auth0|other', email: 'other@example.com', identities: [] }
    for (const taken of [
      {},
      { ...other, userId: sample.userId },
      { ...other, identities: aUser().identities },
      { ...other, email: ' ADA@example.com' },
      { ...other, email: 'ａｄａ@example.com' },
      { ...other, username: 'ADA' },
      { ...other, username: sample.email },
    ])
      assert.equal(await users.create(aUser(taken), 'hash'), false, JSON.stringify(taken))
    assert.equal(await users.find('auth0|other'), undefined)
    assert.equal(await users.findPasswordHash('auth0|other'), undefined)
    assert.equal(await users.create(aUser({ ...other, connection: 'another', email: sample.email })), true)
  })

  test('SEC-229: two people of a provider may have the same address, and neither signs in with it', async () => {
    const { users } = await bench.store()
    for (const subject of ['1', '2']) {
      const identities = [{ connection: 'idp', provider: 'oidc', subject, isSocial: false }]
      assert.equal(await users.create(aUser({ userId: `oidc|idp|${subject}`, connection: 'idp', identities })), true)
    }
    assert.equal(await users.findByIdentifier('idp', sample.email), undefined)
    assert.equal((await users.findByIdentity('idp', '2'))?.userId, 'oidc|idp|2')
  })

  test('an update frees the old names and claims the new ones, or changes nothing', async () => {
    const { users } = await bench.store()
    await users.create(aUser({ username: 'ada' }), 'a hash')
    await users.create(aUser({ userId: 'auth0|bob', email: 'bob@example.com', identities: [] }))
    assert.equal(await users.update(aUser({ email: 'bob@example.com' })), false)
    assert.equal((await users.findByIdentifier(sample.connection, 'ada'))?.userId, sample.userId)
    assert.equal(await users.update(aUser({ email: 'ada@new.example' })), true)
    assert.equal(await users.findByIdentifier(sample.connection, sample.email), undefined)
    assert.equal((await users.findByIdentifier(sample.connection, 'ada@new.example'))?.userId, sample.userId)
    assert.equal(await users.findPasswordHash(sample.userId), 'a hash')
    assert.equal(await users.update(aUser({ userId: 'auth0|nobody', email: undefined, identities: [] })), false)
  })

  test('users are listed page by page', async () => {
    const { users } = await bench.store()
    for (const name of ['c', 'a', 'b']) await users.create(aUser({ userId: name, email: `${name}@x`, identities: [] }))
    const ids = async (page: Parameters<typeof users.list>[0]) => (await users.list(page)).map(({ userId }) => userId)
    assert.deepEqual(await ids({ limit: 2 }), ['a', 'b'])
    assert.deepEqual(await ids({ limit: 2, after: 'b' }), ['c'])
  })

  test('SEC-126, SEC-161: a changed password ends all that was issued; a stronger hash of the same one does not', async () => {
    const store = await bench.store()
    const before = await everythingIssued(store)
    await store.users.setPasswordHash(sample.userId, 'stronger', { samePassword: true, replaces: 'a hash', now: noon })
    assert.equal(await store.users.findPasswordHash(sample.userId), 'stronger')
    assert.deepEqual(await before.alive(), { session: true, code: true, family: true, token: true })
    await store.users.setPasswordHash(sample.userId, 'new', { samePassword: false, now: noon })
    assert.deepEqual(await before.alive(), nothing)
    assert.equal((await store.refreshFamilies.find(before.family.familyId))?.revokedAt, noon)
  })

  test('a stronger hash of the old password does not undo the change of it', async () => {
    const { users } = await bench.store()
    await users.create(aUser(), 'old')
    await users.setPasswordHash(sample.userId, 'new', { samePassword: false, now: noon })
    await users.setPasswordHash(sample.userId, 'old, stronger', { samePassword: true, replaces: 'old', now: noon })
    assert.equal(await users.findPasswordHash(sample.userId), 'new')
    await users.setPasswordHash('auth0|nobody', 'hash', { samePassword: false, now: noon })
    assert.equal(await users.findPasswordHash('auth0|nobody'), undefined)
  })

  test('SEC-126, SEC-161: blocking a user ends all that was issued', async () => {
    const store = await bench.store()
    const { alive } = await everythingIssued(store)
    await store.users.update(aUser({ blocked: true }))
    assert.deepEqual(await alive(), nothing)
  })

  test('SEC-126, SEC-161: with a user goes all that was issued', async () => {
    const store = await bench.store()
    const { alive, family } = await everythingIssued(store)
    await store.users.delete(sample.userId)
    assert.deepEqual(await alive(), nothing)
    assert.equal(await store.refreshFamilies.find(family.familyId), undefined)
    assert.equal(await store.users.findByIdentifier(sample.connection, sample.email), undefined)
    assert.equal(await store.users.create(aUser()), true)
    assert.equal(await store.users.findPasswordHash(sample.userId), undefined)
  })

  test('SEC-127: revoking a consent ends what it covered, and only that', async () => {
    const store = await bench.store()
    const { alive } = await everythingIssued(store)
    const forApi = aFamily()
    const code = aCode()
    await store.codes.create(code)
    await store.codes.redeem(code.codeDigest, { family: forApi }, noon)
    const key = { userId: sample.userId, clientId: sample.clientId }
    await store.consents.add({ ...key, audience: '', scope: ['profile'] }, noon)
    await store.consents.add({ ...key, audience: sample.audience, scope: ['contacts'] }, noon)

    await store.consents.revoke(sample.userId, sample.clientId, '')
    assert.deepEqual(await alive(), { ...nothing, session: true })
    assert.equal(await store.consents.find(sample.userId, sample.clientId, ''), undefined)
    assert.equal(await store.refreshFamilies.use(forApi, undefined, noon), true)
    await store.consents.revoke(sample.userId, sample.clientId, sample.audience)
    assert.equal(await store.refreshFamilies.use(forApi, undefined, noon), false)
  })

  test('SEC-127: without its client nothing is left to refresh, and no token opens anything', async () => {
    const store = await bench.store()
    const { accessToken, family } = await everythingIssued(store)
    await store.clients.delete(sample.clientId)
    assert.equal(await store.refreshFamilies.find(family.familyId), undefined)
    assert.equal(await store.accessTokens.findWithUser(accessToken.tokenDigest, noon), undefined)
  })

  test('consents add up, however many are given at once', async () => {
    const store = await bench.store()
    await everythingIssued(store)
    const key = { userId: sample.userId, clientId: sample.clientId, audience: sample.audience }
    assert.equal(await store.consents.find(key.userId, key.clientId, key.audience), undefined)
    await store.consents.add({ ...key, scope: [] }, noon)
    assert.deepEqual(await store.consents.find(key.userId, key.clientId, key.audience), { ...key, scope: [] })
    await Promise.all([
      store.consents.add({ ...key, scope: ['a', 'b'] }, noon),
      store.consents.add({ ...key, scope: ['c', 'b', 'a'] }, noon),
    ])
    const found = await store.consents.find(key.userId, key.clientId, key.audience)
    assert.deepEqual(found, { ...key, scope: ['a', 'b', 'c'] })
  })

  test('SEC-159: a session is found by either cookie until it is idle for too long or over', async () => {
    const { users, sessions } = await bench.store()
    await users.create(aUser())
    const session = aSession()
    const cookies = { main: unique(), silent: unique() }
    await sessions.open(session, cookies)
    assert.deepEqual(await sessions.findByCookie('main', cookies.main, noon), session)
    assert.deepEqual(await sessions.findByCookie('silent', cookies.silent, session.idleExpiresAt - 1), session)
    assert.equal(await sessions.findByCookie('main', session.sid, noon), undefined)
    assert.equal(await sessions.findByCookie('main', cookies.silent, noon), undefined)
    assert.equal(await sessions.findByCookie('silent', cookies.main, noon), undefined)
    assert.equal(await sessions.findByCookie('main', cookies.main, session.idleExpiresAt), undefined)
    await sessions.touch(session.sid, noon + minute, noon + 2 * day)
    assert.equal((await sessions.findByCookie('main', cookies.main, session.expiresAt - 1))?.activeAt, noon + minute)
    assert.equal(await sessions.findByCookie('main', cookies.main, session.expiresAt), undefined)
  })

  test('SEC-161: a session is opened only while the user and the password are what they were', async () => {
    const { users, sessions } = await bench.store()
    const user = aUser()
    await users.create(user, 'hash')
    const replaced = aSession()
    await sessions.open(replaced, { main: unique(), silent: unique() })
    const open = (proven: { user: User; passwordHash?: string }) =>
      sessions.open(aSession(), { main: unique(), silent: unique() }, replaced.sid, proven)
    assert.equal(await open({ user, passwordHash: 'old hash' }), false)
    assert.equal(await open({ user: { ...user, name: 'Bob' } }), false)
    assert.equal(await open({ user: { ...user, userId: 'auth0|nobody' }, passwordHash: 'hash' }), false)
    assert.ok(await sessions.find(replaced.sid), 'nothing happens')
    assert.equal(await open({ user, passwordHash: 'hash' }), true)
    assert.equal(await open({ user }), true)
    assert.equal(await sessions.find(replaced.sid), undefined)
    assert.equal((await sessions.listForUser(user.userId)).length, 2)
  })

  for (const [what, change] of [
    [
      'password',
      (store: Store, round: number) =>
        store.users.setPasswordHash(sample.userId, `${round + 1}`, { samePassword: false, now: noon }),
    ],
    ['user', (store: Store, round: number) => store.users.update(aUser({ name: `${round + 1}`, blocked: true }))],
  ] as const)
    test(`SEC-161: a ${what} that changes while a session is opened ends it, whoever is faster`, async () => {
      const store = await bench.store()
      await store.users.create(aUser({ name: '0' }), '0')
      for (let round = 0; round < 40; round++) {
        const proven = {
          user: (await store.users.find(sample.userId)) ?? aUser(),
          passwordHash: undefined as string | undefined,
        }
        if (what === 'password') proven.passwordHash = `${round}`
        await Promise.all([
          ...[1, 2, 3].map(() =>
            store.sessions.open(aSession(), { main: unique(), silent: unique() }, undefined, proven),
          ),
          change(store, round),
        ])
        assert.deepEqual(await store.sessions.listForUser(sample.userId), [], `round ${round}`)
      }
    })

  test('SEC-154, SEC-160: a session that was replaced or ended is never found again', async () => {
    const { users, sessions } = await bench.store()
    await users.create(aUser())
    const open = async (replaces?: string) => {
      const session = aSession()
      const cookies = { main: unique(), silent: unique() }
      await sessions.open(session, cookies, replaces)
      return { ...session, find: () => sessions.findByCookie('main', cookies.main, noon) }
    }
    const first = await open()
    const second = await open(first.sid)
    assert.equal(await first.find(), undefined)
    assert.equal((await sessions.find(second.sid))?.sid, second.sid)
    await sessions.end(second.sid)
    assert.equal(await second.find(), undefined)
    assert.equal(await sessions.find(second.sid), undefined)

    const third = await open()
    assert.deepEqual(
      (await sessions.listForUser(sample.userId)).map(({ sid }) => sid),
      [third.sid],
    )
    await sessions.endForUser(sample.userId)
    assert.equal(await third.find(), undefined)
  })

  test('an interaction is written back only by who read it last', async () => {
    const { interactions } = await bench.store()
    const upstream = {
      stateDigest: unique(),
      connection: 'idp',
      nonce: 'n',
      codeVerifier: 'v',
      ownState: 's',
      startedAt: noon,
    }
    const interaction = anInteraction({ upstream })
    await interactions.create(interaction)
    assert.deepEqual(await interactions.find(interaction.idDigest, noon), interaction)
    assert.deepEqual(await interactions.findByUpstreamState(upstream.stateDigest, noon), interaction)
    const changed = { ...interaction, upstream: undefined, agreed: { sid: 'one', chosen: true } }
    const wins = await Promise.all([interactions.update(changed), interactions.update(changed)])
    assert.deepEqual(wins.sort(), [false, true])
    assert.equal((await interactions.find(interaction.idDigest, noon))?.version, 1)
    assert.equal((await interactions.find(interaction.idDigest, noon))?.agreed?.chosen, true)
    assert.equal(await interactions.findByUpstreamState(upstream.stateDigest, noon), undefined)
    assert.equal(await interactions.find(interaction.idDigest, noon + hour), undefined)
  })
})
