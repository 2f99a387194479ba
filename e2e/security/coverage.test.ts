// docs/security.md says no more than the tests do.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { citations, isReason, required, rowsOf, securityPage } from '../../packages/server/testing/security-coverage.ts'

const rows = rowsOf(readFileSync(securityPage, 'utf8'))
const found = citations()
const cure = 'run: npx node packages/server/testing/security-coverage.ts'

test('every requirement of the login path and of the core has exactly one line', () => {
  assert.deepEqual(rows.map(({ id }) => id).sort(), [...required].sort())
})

test('what the page calls proven is named by a test of that file', () => {
  const wrong = rows.flatMap(({ id, provenBy }) =>
    provenBy.filter((path) => !found.get(id)?.includes(path)).map((path) => `${id}: no test in ${path} names it`),
  )
  assert.deepEqual(wrong, [], cure)
})

test('what is not proven has a reason', () => {
  const silent = rows.filter(({ provenBy, remark }) => provenBy.length === 0 && !isReason(remark)).map(({ id }) => id)
  assert.deepEqual(silent, [], `write a test that names it, or the reason why there is none; then ${cure}`)
})
