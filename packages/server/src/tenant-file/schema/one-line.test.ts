import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StartError } from '#errors.ts'
import { parseTenantFile } from '../parse-tenant-file.ts'
import { oneLine } from './one-line.ts'

for (const text of ['', 'Aurora Health', 'أورورا', 'Ångström & Söhne™ 🎉', 'a\u200db'])
  test(`${JSON.stringify(text)} is one line`, () => assert.equal(oneLine(50).parse(text), text))

for (const text of ['a\nb', 'a\r', '\ta', 'a\0', 'a\x1b[2J', 'a\x7f', 'a\x85b', 'a\u2028b', 'a\u2029b'])
  test(`SEC-326: ${JSON.stringify(text)} is not`, () => assert.equal(oneLine(50).safeParse(text).success, false))

const twoLines = 'Aurora\nSigned in as: root'
for (const file of [
  { tenant: { friendly_name: twoLines } },
  { clients: [{ name: twoLines }] },
  { resourceServers: [{ identifier: 'a', name: twoLines }] },
  { connections: [{ name: 'a', strategy: 'oidc', display_name: twoLines }] },
  { databases: [{ name: 'a', display_name: twoLines }] },
  { users: [{ connection: 'a', email: 'a@b.example', name: twoLines }] },
  { users: [{ connection: 'a', email: 'a@b.example', nickname: twoLines }] },
])
  test(`SEC-326: no line break gets into ${JSON.stringify(file).slice(0, 60)}`, () => {
    assert.throws(
      () => parseTenantFile(JSON.stringify(file), 'tenant.json'),
      (error: unknown) => error instanceof StartError && /name.* is "Aurora.*: expected one line/.test(error.message),
    )
  })
