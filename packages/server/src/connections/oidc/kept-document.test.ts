import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keptDocument } from './kept-document.ts'

/** A document that says how often it was fetched; `fail` makes the next fetch fail. */
function source() {
  const fetched = { times: 0, fail: false }
  const fetchIt = async () => {
    fetched.times += 1
    if (fetched.fail) throw new Error(`down at ${fetched.times}`)
    return fetched.times
  }
  return { fetched, fetchIt }
}

test('it is fresh for so long, and then fetched anew', async () => {
  const { fetchIt } = source()
  const kept = keptDocument<number>({ freshFor: 100, coolDown: 10 })
  assert.deepEqual(
    [await kept.read(0, fetchIt), await kept.read(99, fetchIt), await kept.read(100, fetchIt)],
    [1, 1, 2],
  )
})

test('many who ask at once wait for one fetch, refreshing or not', async () => {
  const { fetchIt } = source()
  const kept = keptDocument<number>({ freshFor: 100, coolDown: 10 })
  const asked = [kept.read(0, fetchIt), kept.read(0, fetchIt), kept.refresh(0, fetchIt), kept.refresh(50, fetchIt)]
  assert.deepEqual(await Promise.all(asked), [1, 1, 1, 1])
  assert.equal(await kept.refresh(50, fetchIt), 2)
})

test('refreshing waits for the cool-down, and is answered with what is known until then', async () => {
  const { fetchIt } = source()
  const kept = keptDocument<number>({ freshFor: 100, coolDown: 10 })
  assert.equal(await kept.read(0, fetchIt), 1)
  assert.equal(await kept.refresh(9, fetchIt), 1)
  assert.equal(await kept.refresh(10, fetchIt), 2)
})

test('trouble is told again without a try until the cool-down is over, and forgotten after a success', async () => {
  const { fetched, fetchIt } = source()
  const kept = keptDocument<number>({ freshFor: 5, coolDown: 100 })
  fetched.fail = true
  await assert.rejects(kept.read(0, fetchIt), /down at 1/)
  await assert.rejects(kept.read(99, fetchIt), /down at 1/)
  await assert.rejects(kept.refresh(99, fetchIt), /down at 1/)
  fetched.fail = false
  assert.equal(await kept.read(100, fetchIt), 2)
  assert.equal(await kept.read(105, fetchIt), 3)
})

test('a refresh that fails leaves what is known, for as long as it is fresh', async () => {
  const { fetched, fetchIt } = source()
  const kept = keptDocument<number>({ freshFor: 100, coolDown: 10 })
  await kept.read(0, fetchIt)
  fetched.fail = true
  await assert.rejects(kept.refresh(50, fetchIt), /down at 2/)
  assert.equal(await kept.read(51, fetchIt), 1)
  await assert.rejects(kept.read(100, fetchIt), /down at 3/)
})

test('SEC-331 a clock that is set back keeps neither an old document nor a cool-down for longer', async () => {
  const { fetched, fetchIt } = source()
  const kept = keptDocument<number>({ freshFor: 100, coolDown: 10 })
  const month = 30 * 86_400_000
  assert.equal(await kept.read(month, fetchIt), 1)
  assert.equal(await kept.read(1000, fetchIt), 2)
  assert.equal(await kept.refresh(999, fetchIt), 3)
  fetched.fail = true
  await assert.rejects(kept.read(month, fetchIt), /down at 4/)
  await assert.rejects(kept.read(month + 9, fetchIt), /down at 4/)
  fetched.fail = false
  assert.equal(await kept.read(998, fetchIt), 5)
})
