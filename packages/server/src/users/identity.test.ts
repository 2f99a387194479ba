import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Profile } from '#connections/strategy.ts'
import type { Context, LogEntry } from '#context.ts'
import type { Store } from '#storage/store.ts'
import { aUser } from '../../testing/builders.ts'
import { upstreamConnection } from '../../testing/scripted-provider.ts'
import { onEach, sharedPlaces } from '../../testing/storages.ts'
import { findOrCreateUser } from './identity.ts'

const ada: Profile = { subject: 'ada', email: 'ada@example.com', emailVerified: true, name: 'Ada L.', username: 'ada' }
const connection = upstreamConnection()

onEach(sharedPlaces, (bench) => {
  const clock = { now: Date.UTC(2026, 5, 1) }
  const aContext = (store: Store) => {
    const logged: LogEntry[] = []
    const log = (entry: LogEntry) => `${logged.push(entry)}`
    return { logged, ctx: { store, now: () => clock.now, log } as unknown as Context }
  }

  test('a new user is made, and said to be', async () => {
    const { ctx, logged } = aContext(await bench.store())
    const user = await findOrCreateUser(ada, connection, ctx)
    assert.equal(user.userId, 'oidc|idp|ada')
    assert.equal(user.preferredUsername, 'ada')
    assert.deepEqual(await ctx.store.users.find('oidc|idp|ada'), JSON.parse(JSON.stringify(user)))
    assert.deepEqual(
      logged.map(({ type, userId, connection: name }) => ({ type, userId, name })),
      [{ type: 'ss', userId: 'oidc|idp|ada', name: 'idp' }],
    )
  })

  test('many first logins at once make one user', async () => {
    const { ctx, logged } = aContext(await bench.store())
    const users = await Promise.all(Array.from({ length: 20 }, () => findOrCreateUser(ada, connection, ctx)))
    assert.deepEqual(new Set(users.map(({ userId }) => userId)), new Set(['oidc|idp|ada']))
    assert.equal((await ctx.store.users.list({ limit: 10 })).length, 1)
    assert.equal(logged.length, 1)
  })

  test('what the provider says next replaces what it said, and what is ours stays', async () => {
    const { ctx } = aContext(await bench.store())
    const first = await findOrCreateUser(ada, connection, ctx)
    await ctx.store.users.update({ ...first, appMetadata: { plan: 'gold' }, website: 'https://ada.example' })
    clock.now += 1000
    const changed = { ...ada, name: 'Ada King', email: undefined, emailVerified: false }
    await findOrCreateUser(changed, connection, ctx)
    const user = await ctx.store.users.find(first.userId)
    assert.deepEqual(
      [user?.name, user?.email, user?.emailVerified, user?.website, user?.appMetadata, user?.updatedAt],
      ['Ada King', undefined, false, 'https://ada.example', { plan: 'gold' }, clock.now],
    )
  })

  test('a login that brings nothing new writes nothing', async () => {
    const { ctx } = aContext(await bench.store())
    await findOrCreateUser(ada, connection, ctx)
    const before = clock.now
    clock.now += 1000
    assert.equal((await findOrCreateUser(ada, connection, ctx)).updatedAt, before)
  })

  test('SEC-126: a block is not undone by a login that refreshes the profile at the same time', async () => {
    const { ctx } = aContext(await bench.store())
    const first = await findOrCreateUser(ada, connection, ctx)
    for (let round = 0; round < 20; round++) {
      const user = await ctx.store.users.find(first.userId)
      assert.ok(user)
      const login = (tab: number) => findOrCreateUser({ ...ada, name: `Ada ${round}.${tab}` }, connection, ctx)
      const block = () => ctx.store.users.update({ ...user, appMetadata: { round }, blocked: true })
      await Promise.all([login(1), block(), login(2)])
      const after = await ctx.store.users.find(first.userId)
      assert.deepEqual([after?.blocked, after?.appMetadata], [true, { round }])
      await ctx.store.users.update({ ...user, blocked: false })
    }
  })

  test('SEC-126: a block between reading and writing stays, and the login sees it', async () => {
    const { ctx } = aContext(await bench.store())
    const first = await findOrCreateUser(ada, connection, ctx)
    let blocked = false
    const { users } = ctx.store
    const meanwhile: typeof users = {
      ...users,
      async update(user, replaces) {
        if (!blocked) blocked = await users.update({ ...first, blocked: true })
        return users.update(user, replaces)
      },
    }
    const late = { ...ctx, store: { ...ctx.store, users: meanwhile } }
    const user = await findOrCreateUser({ ...ada, name: 'Ada King' }, connection, late)
    assert.deepEqual([user.blocked, user.name], [true, 'Ada King'])
    assert.deepEqual(await users.find(first.userId), JSON.parse(JSON.stringify(user)))
  })

  test('a user who is deleted meanwhile is told so', async () => {
    const { ctx } = aContext(await bench.store())
    const first = await findOrCreateUser(ada, connection, ctx)
    const { users } = ctx.store
    const update: typeof users.update = async (user, replaces) => {
      await users.delete(first.userId)
      return users.update(user, replaces)
    }
    const late = { ...ctx, store: { ...ctx.store, users: { ...users, update } } }
    await assert.rejects(findOrCreateUser({ ...ada, name: 'Ada King' }, connection, late), { code: 'access_denied' })
  })

  test('SEC-229: the same verified address is no reason to be the same user, here or at another provider', async () => {
    const { ctx } = aContext(await bench.store())
    await ctx.store.users.create(aUser({ email: 'ada@example.com', emailVerified: true }))
    const other = { ...connection, id: 'con_other', name: 'other' }
    await findOrCreateUser(ada, connection, ctx)
    await findOrCreateUser(ada, other, ctx)
    await findOrCreateUser({ ...ada, subject: 'Ada' }, connection, ctx)
    const users = await ctx.store.users.list({ limit: 10 })
    assert.deepEqual(
      new Set(users.map(({ userId }) => userId)),
      new Set([aUser().userId, 'oidc|idp|ada', 'oidc|idp|Ada', 'oidc|other|ada']),
    )
  })

  test('an id that belongs to somebody else is not taken over', async () => {
    const { ctx } = aContext(await bench.store())
    await ctx.store.users.create(aUser({ userId: 'oidc|idp|ada' }))
    await assert.rejects(findOrCreateUser(ada, connection, ctx), { code: 'access_denied' })
  })
})
