import assert from 'node:assert/strict'
import test from 'node:test'
import { environmentFrom, memoryStorage, type Storage } from './environment.ts'
import { PendingRequests } from './pending-requests.ts'

const request = { codeVerifier: 'v', nonce: 'n', redirectUri: 'com.app:/cb', scope: 'openid' }

function aStorage(): Storage & { keys: Set<string> } {
  const keys = new Set<string>()
  const { get, set, remove } = memoryStorage()
  return {
    keys,
    get: async (key) => get(key),
    set: async (key, value) => {
      keys.add(key)
      return set(key, value)
    },
    remove: async (key) => {
      keys.delete(key)
      return remove(key)
    },
  }
}

function pendingAt(storage: Storage, clock: { now: number }): PendingRequests {
  return new PendingRequests(storage, 'keywright.test', environmentFrom({ now: () => clock.now }))
}

const take = (pending: PendingRequests, state: string) => pending.answer(state, async (request) => request)

test('a request is answered once, also when two ask at the same time, and leaves nothing behind', async () => {
  const storage = aStorage()
  const pending = pendingAt(storage, { now: 1 })
  await pending.add('s1', { ...request, appState: { page: '/a' } })
  const both = await Promise.all([take(pending, 's1'), take(pending, 's1')])
  assert.deepEqual(both, [{ ...request, appState: { page: '/a' } }, undefined])
  assert.equal(await take(pending, 's1'), undefined)
  assert.deepEqual([...storage.keys], [])
})

test('requests do not see each other, and another object over the same storage finds them', async () => {
  const storage = aStorage()
  const tabs = [pendingAt(storage, { now: 1 }), pendingAt(storage, { now: 1 })] as const
  await Promise.all([tabs[0].add('s1', { ...request, nonce: '1' }), tabs[1].add('s2', { ...request, nonce: '2' })])
  assert.equal((await take(tabs[0], 's2'))?.nonce, '2')
  assert.equal((await take(tabs[1], 's1'))?.nonce, '1')
})

test('a state from outside cannot reach other keys of the storage', async () => {
  const storage = aStorage()
  await storage.set('keywright.test.request./../tokens', '{}')
  const pending = pendingAt(storage, { now: 1 })
  for (const state of ['', '/../tokens', 'a.b', 'ä', 'a'.repeat(129)])
    assert.equal(await take(pending, state), undefined)
  assert.equal(storage.keys.size, 1)
})

test('after an hour a request is void, and the next login clears it away', async () => {
  const clock = { now: 1 }
  const storage = aStorage()
  const pending = pendingAt(storage, clock)
  await pending.add('late', request)
  await pending.add('abandoned', request)
  clock.now += 60 * 60_000 + 1
  assert.equal(await take(pending, 'late'), undefined)
  await pending.add('new', request)
  assert.deepEqual([...storage.keys].toSorted(), ['keywright.test.request.new', 'keywright.test.requests'])
})

test('a request that was stored by halves is none', async () => {
  const storage = aStorage()
  for (const rubbish of ['', '{', 'null', '[]', '{}', '{"codeVerifier":"v"}']) {
    await storage.set('keywright.test.request.s1', rubbish)
    assert.equal(await take(pendingAt(storage, { now: 1 }), 's1'), undefined)
  }
})
