import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventDocument, longestEvent } from './bounded-event.ts'

const event = { logId: '1', date: 1, type: 'f', description: 'Callback URL mismatch.', ip: '192.0.2.1' }
const stored = (details: Record<string, unknown>) => {
  const document = eventDocument({ ...event, details })
  assert.ok(document.length <= longestEvent, `${document.length}`)
  return JSON.parse(document) as typeof event & { details: Record<string, unknown> }
}

test('a short event is kept whole', () => {
  const details = { a: ['b', { c: [1, null, true] }], d: 'x'.repeat(4000) }
  assert.deepEqual(stored(details), { ...event, details })
})

test('SEC-298: of a long one long texts and lists are cut, and say so', () => {
  const allowed = Array.from({ length: 500 }, (_, index) => `https://app-${index}.example/callback`)
  const { details, ...rest } = stored({ requested: 'x'.repeat(9000), allowed, nested: { deep: { down: allowed } } })
  assert.deepEqual(rest, event)
  assert.equal(details.requested, `${'x'.repeat(512)}…`)
  assert.deepEqual((details.allowed as string[]).slice(-2), ['https://app-19.example/callback', '… and 480 more'])
})

test('SEC-298: whatever it holds, it has an end, and says who, when and what', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`key ${index} ${'k'.repeat(500)}`, 'v'.repeat(600)]),
  )
  const { details, ...rest } = stored({ a: wide, b: wide, c: [wide, wide] })
  assert.deepEqual([details, rest], [{ cut: true }, event])
  let deep: unknown = 'x'.repeat(9000)
  for (let depth = 0; depth < 2000; depth++) deep = [deep]
  assert.doesNotThrow(() => stored({ deep }))
  const half = stored({ text: `${'a'.repeat(511)}${'😀'.repeat(5000)}` })
  assert.ok(String(half.details.text).isWellFormed())
})
