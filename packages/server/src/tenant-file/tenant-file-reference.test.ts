import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { namesAt } from './schema/file-schema.ts'

const reference = await readFile(new URL('../../../../docs/reference/tenant-file.md', import.meta.url), 'utf8')

const places = [
  [],
  ['tenant'],
  ['tenant', 'flags'],
  ['tenant', 'rate_limits'],
  ['branding'],
  ['clients', 0],
  ['clients', 0, 'refresh_token'],
  ['clients', 0, 'jwt_configuration'],
  ['clients', 0, 'mobile', 'ios'],
  ['clients', 0, 'mobile', 'android'],
  ['resourceServers', 0],
  ['clientGrants', 0],
  ['databases', 0],
  ['connections', 0],
  ['connections', 0, 'options'],
  ['users', 0],
]
for (const place of places)
  test(`the reference explains every key of ${place.join('.') || 'the file'}`, () => {
    const names = namesAt(place)
    assert.ok(names.length > 1)
    const missing = names.filter((name) => !new RegExp(`[\`.]${name}[\`.]`).test(reference))
    assert.deepEqual(missing, [])
  })
