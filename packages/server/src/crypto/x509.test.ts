import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { serialNumber } from './x509.ts'

test('a start that makes no certificate and checks no token loads no library for it', async () => {
  const rooms = ['jwk', 'jwt', 'certificates', 'password-kdf', 'seal', 'strict-json']
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ resolve: (name, context, next) => { loaded.push(name); return next(name, context) } })
    for (const room of ${JSON.stringify(rooms)}) await import(new URL(room + '.ts', ${JSON.stringify(import.meta.url)}))
    console.log(JSON.stringify(loaded.filter((name) => !/^(node:|\\.|file:)/.test(name))))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  assert.deepEqual(JSON.parse(stdout), [])
})

for (const [bytes, serial] of [
  [0x00, '40'],
  [0xff, '7f'],
  [0x80, '40'],
  [0x3f, '7f'],
] as const) {
  test(`a serial number that would begin with ${bytes.toString(16)} begins with ${serial}`, () => {
    assert.equal(serialNumber(new Uint8Array(16).fill(bytes)).slice(0, 2), serial)
    assert.equal(serialNumber(new Uint8Array(16).fill(bytes)).length, 32)
  })
}
