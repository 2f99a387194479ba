// The command line as an operator meets it: help where it is looked for, and no second installation by a slip of the finger.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { runKeywright, startProcess } from '../testing/keywright-process.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-commands-'))
})
after(() => rm(folder, { recursive: true }))

const run = (words: string[], settings: Record<string, string> = {}) => runKeywright(words, settings, folder)

test('which version this is', async () => {
  const { code, output } = await run(['--version'])
  assert.equal(code, 0)
  assert.match(output, /^keywright \d+\.\d+\.\d+ \(Node\.js 26\.\d+\.\d+\)\n$/)
})

test('each command has help of its own, and the help of all names each', async () => {
  const all = await run(['--help'])
  for (const name of ['serve', 'keys', 'logs']) {
    const { code, output } = await run([name, '--help'])
    assert.equal(code, 0)
    assert.match(output, new RegExp(`^Usage:\n  keywright ${name}`))
    for (const line of output.split('\n')) assert.ok(all.output.includes(line), line)
  }
  assert.match(all.output, /KEYWRIGHT_TENANT_FILE/)
})

test('a command that does not exist is told from one that nearly does', async () => {
  const { code, output } = await run(['kyes', 'list'])
  assert.equal(code, 2)
  assert.match(output, /^keywright: there is no command "kyes" \(did you mean "keys"\?\)\./)
})

for (const words of [['keys', 'list'], ['logs']])
  test(`${words.join(' ')} makes no database where there is none`, async () => {
    const { code, output } = await run(words, { KEYWRIGHT_DATABASE: 'sqlite:./typo.db' })
    assert.equal(code, 1)
    assert.match(output, /^keywright: There is no database at \S*typo\.db\. .*\n$/)
    assert.deepEqual(await readdir(folder), [])
  })

test('the server makes no folder for a database that somebody has named', async () => {
  const { code, output } = await run([], { KEYWRIGHT_DATABASE: 'sqlite:./dta/keywright.db' })
  assert.equal(code, 1)
  assert.match(output, /^keywright: KEYWRIGHT_DATABASE is in the folder \S*dta, which does not exist\. .*\n$/)
  assert.deepEqual(await readdir(folder), [])
})

test('the only tenant needs no name; of several, one must be named', async () => {
  const settings = { KEYWRIGHT_DATABASE: 'sqlite:./tenant.db', PORT: `${await freePort()}` }
  const server = await startProcess(settings, folder)
  server.signal('SIGTERM')
  assert.equal(await server.exited, 0)
  const elsewhere = { ...settings, KEYWRIGHT_URL: 'https://login.example.com' }
  const list = await run(['keys', 'list'], elsewhere)
  assert.deepEqual([list.code, list.output.match(/RS256/g)?.length], [0, 2])
  const logs = await run(['logs', '--json', '--limit', '1'], elsewhere)
  assert.equal(logs.code, 0)
  const unknown = await run(['logs', '--tenant', 'other.example'], elsewhere)
  assert.match(unknown.output, /^keywright: There is no tenant "other\.example"\. There are: localhost:\d+\.\n$/)
})
