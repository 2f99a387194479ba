import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noon } from '../../testing/issued.ts'
import { configurationCache } from './configuration-cache.ts'
import { openSqlite } from './sqlite.ts'

async function aCache(capacity?: number) {
  const cache = configurationCache(await openSqlite(':memory:', () => noon), capacity)
  const loaded: string[] = []
  const find = (tenantId: string, key: string) =>
    cache.find(tenantId, key, async () => {
      loaded.push(`${tenantId}/${key}`)
      return key === 'not there' ? undefined : { key }
    })
  return { cache, write: cache.write, find, loaded }
}

test('what is there is loaded once, what is not there each time', async () => {
  const { find, loaded } = await aCache()
  for (const key of ['there', 'there', 'not there', 'not there', 'there']) {
    assert.deepEqual(await find('t', key), key === 'there' ? { key } : undefined)
  }
  assert.deepEqual(loaded, ['t/there', 't/not there', 't/not there'])
})

test('SEC-260: a change is forgotten for its tenant, and for no other', async () => {
  const { find, write, loaded } = await aCache()
  await find('one', 'key')
  await find('two', 'key')
  await write('one', [])
  await find('one', 'key')
  await find('two', 'key')
  assert.deepEqual(loaded, ['one/key', 'two/key', 'one/key'])
})

test('what was read before a change is not remembered after it', async () => {
  const { cache } = await aCache()
  const reading = Promise.withResolvers<object>()
  const first = cache.find('t', 'key', () => reading.promise)
  await cache.write('t', [])
  reading.resolve({ old: true })
  assert.deepEqual(await first, { old: true })
  assert.deepEqual(await cache.find('t', 'key', async () => ({ old: false })), { old: false })
})

test('what answers to any of several keys is remembered under its own, and what does not not at all', async () => {
  const { cache, write } = await aCache(4)
  let loads = 0
  const ask = (key: string) =>
    cache.findAny('t', [key, 'wild'], async () => {
      loads++
      return key.startsWith('none') ? undefined : { key: 'wild', value: { key } }
    })
  assert.equal(await cache.findAny('t', ['none'], async () => undefined), undefined)
  for (let index = 0; index < 10; index++) assert.deepEqual(await ask(`made up ${index}`), { key: 'made up 0' })
  assert.equal(loads, 1)
  await write('t', [])
  for (let index = 0; index < 10; index++) await ask(`none ${index}`)
  assert.equal(loads, 11)
  assert.deepEqual(await ask('another'), { key: 'another' })
})

test('it stays small: what was not used for longest goes first', async () => {
  const { find, loaded } = await aCache(3)
  for (const key of ['a', 'b', 'c', 'a', 'd', 'a', 'b']) await find('t', key)
  assert.deepEqual(loaded, ['t/a', 't/b', 't/c', 't/d', 't/b'])
})

test('SEC-334: what cannot be loaded is an error each time, not a memory', async () => {
  const { find, cache } = await aCache()
  const broken = cache.find('t', 'key', async () => {
    throw new Error('no database')
  })
  await assert.rejects(broken, /no database/)
  assert.deepEqual(await find('t', 'key'), { key: 'key' })
})
