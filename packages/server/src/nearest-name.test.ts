import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestName } from './nearest-name.ts'

const known = ['callbacks', 'client_id', 'allowed_logout_urls', 'name']

for (const [typed, meant] of [
  ['callback', 'callbacks'],
  ['Callbacks', 'callbacks'],
  ['clientId', 'client_id'],
  ['allowed_logout_url', 'allowed_logout_urls'],
  ['nmae', 'name'],
  ['colour', undefined],
  ['', undefined],
] as const)
  test(`"${typed}" probably means ${meant}`, () => assert.equal(nearestName(typed, known), meant))
