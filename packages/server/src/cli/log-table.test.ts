import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logTable } from './log-table.ts'

const event = {
  logId: '1',
  date: Date.UTC(2026, 10, 25, 12, 30, 15),
  type: 'fp',
  description: 'Wrong email or password.',
  clientName: 'An application with a very long name',
  userName: 'ada@example.com',
  ip: '192.0.2.1',
}

test('a line for each event, in columns that fit the terminal', () => {
  const lines = logTable(
    [event, { ...event, type: 'seacft', ip: '2001:db8:1234:5678:9abc:def0:1234:5678' }],
    120,
  ).split('\n')
  assert.deepEqual(lines, [
    'WHEN (UTC)           CODE    APPLICATION           USER                          ADDRESS          WHAT',
    '2026-11-25 12:30:15  fp      An application with…  ada@example.com               192.0.2.1        Wrong email or passwo…',
    '2026-11-25 12:30:15  seacft  An application with…  ada@example.com               2001:db8:1234:…  Wrong email or passwo…',
    '',
  ])
  assert.match(logTable([event], 160), /Wrong email or password\.\n$/)
})

test('SEC-304: what a stranger had logged stays on its line and moves no cursor', () => {
  const hostile = 'a\nb\u001b[2J\u009b1A\u202e'
  const table = logTable([{ ...event, userName: hostile, description: hostile, clientName: hostile }], 200)
  assert.equal(table.split('\n').length, 3)
  assert.doesNotMatch(table, /[\u001b\u009b\u202e]/)
})
