import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createLogger } from './logger.ts'

const evil = 'evil\u009b31m\u0085\u202efdp.exe\u2066\u2028\u001b]0;title\u0007\u007f\r\n{"level":60}'
const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

test('SEC-304: on a terminal a record is one line, and moves no cursor', () => {
  const written: string[] = []
  const terminal = { isTTY: true, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  createLogger('info', terminal).error({ path: evil, err: new Error(evil) }, evil)
  assert.equal(written.length, 1)
  assert.match(written[0] ?? '', /^error: evil.*\n$/)
  assert.doesNotMatch(written[0] ?? '', raw)
})

test('SEC-304: JSON that ends up on a terminal is one line, moves no cursor, and says the same', async () => {
  const logger = JSON.stringify(new URL('./logger.ts', import.meta.url).href)
  const program = `import { createLogger } from ${logger}
    createLogger('info').error({ path: ${JSON.stringify(evil)} }, ${JSON.stringify(evil)})`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  assert.doesNotMatch(stdout, raw)
  assert.equal(stdout.trimEnd().split('\n').length, 1)
  const { msg, path } = JSON.parse(stdout) as { msg: string; path: string }
  assert.deepEqual([msg, path], [evil, evil])
})
