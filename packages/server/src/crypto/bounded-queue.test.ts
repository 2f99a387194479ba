import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundedQueue, Overloaded } from './bounded-queue.ts'

/** Tasks that end when told to, in a queue; `started` is the order in which they began. */
function controlled(concurrency: number, limit: number) {
  const queue = boundedQueue(concurrency, limit, 0.05)
  const started: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const add = (name: string, key?: string) =>
    queue.run(() => {
      started.push(name)
      return new Promise<string>((resolve, reject) => {
        ends.set(name, (error) => (error ? reject(error) : resolve(name)))
      })
    }, key)
  return { add, started, end: (name: string, error?: Error) => ends.get(name)?.(error) }
}

test('SEC-293: no more run at a time than may, and the others follow in order', async () => {
  const { add, started, end } = controlled(2, 10)
  const all = ['a', 'b', 'c', 'd'].map((name) => add(name))
  assert.deepEqual(started, ['a', 'b'])
  end('b')
  assert.equal(await all[1], 'b')
  assert.deepEqual(started, ['a', 'b', 'c'])
  end('a')
  await all[0]
  end('c')
  end('d')
  assert.deepEqual(await Promise.all(all), ['a', 'b', 'c', 'd'])
})

test('SEC-293: beyond the limit work is refused at once, with the time to come back', async () => {
  const { add, started, end } = controlled(1, 2)
  const all = ['a', 'b', 'c'].map((name) => add(name))
  await assert.rejects(add('d'), (error) => error instanceof Overloaded && error.retryAfter === 1)
  end('a')
  await all[0]
  const late = add('e')
  for (const name of ['b', 'c', 'e']) {
    end(name)
    await (name === 'e' ? late : all[name === 'b' ? 1 : 2])
  }
  assert.deepEqual(started, ['a', 'b', 'c', 'e'])
})

test('a task that fails makes room for the next, and only its own caller hears of it', async () => {
  const { add, end } = controlled(1, 2)
  const failing = add('a')
  const next = add('b')
  end('a', new Error('broken'))
  await assert.rejects(failing, /broken/)
  end('b')
  assert.equal(await next, 'b')
  const after = add('c')
  end('c')
  assert.equal(await after, 'c')
})

test('the time to come back grows with what waits', async () => {
  const { add, end } = controlled(1, 64)
  const all = Array.from({ length: 65 }, (_, index) => add(`${index}`))
  await assert.rejects(add('late'), { name: 'Overloaded', retryAfter: 4 })
  for (const [index, task] of all.entries()) {
    end(`${index}`)
    await task
  }
})

test('SEC-262: those who wait take turns, so that a crowd holds up nobody but itself', async () => {
  const { add, started, end } = controlled(1, 3)
  const crowd = ['a1', 'a2', 'a3', 'a4'].map((name) => add(name, 'a'))
  const others = [add('b1', 'b'), add('b2', 'b'), add('c1', 'c')]
  await assert.rejects(add('a5', 'a'), { name: 'Overloaded' })
  const late = add('c2', 'c')
  for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'c2', 'a4']) {
    assert.equal(started.at(-1), name)
    end(name)
    await new Promise(setImmediate)
  }
  await Promise.all([...crowd, ...others, late])
  const afterwards = add('a6', 'a')
  end('a6')
  assert.equal(await afterwards, 'a6', 'nothing is left behind')
})
