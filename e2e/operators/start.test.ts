// What an operator's machine does to a start: settings in a file, a reader that goes away, a Node.js that is too old.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { runKeywright, startProcess } from '../testing/keywright-process.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-operators-'))
})
after(() => rm(folder, { recursive: true }))

async function aFolder(name: string, env?: string) {
  const path = join(folder, name)
  await mkdir(path)
  if (env !== undefined) await writeFile(join(path, '.env'), env)
  return path
}

test('settings may stand in .env; what the environment says wins', async () => {
  const port = await freePort()
  const cwd = await aFolder(
    'settings',
    `PORT=${port}\nKEYWRIGHT_DATABASE=sqlite::memory:\nKEYWRIGHT_LOG_LEVEL=nonsense\n`,
  )
  const server = await startProcess({ KEYWRIGHT_LOG_LEVEL: 'error' }, cwd)
  try {
    assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`, { method: 'HEAD' })).status, 200)
  } finally {
    await server.kill()
  }
  const wrong = await runKeywright([], {}, cwd)
  assert.equal(wrong.code, 1)
  assert.match(wrong.output, /^keywright: KEYWRIGHT_LOG_LEVEL is "nonsense": .*\n$/)
})

test('a .env that cannot be read stops the start with one sentence', async () => {
  const cwd = await aFolder('unreadable')
  await mkdir(join(cwd, '.env'))
  const { code, output } = await runKeywright([], {}, cwd)
  assert.equal(code, 1)
  assert.match(output, /^keywright: the file \.env cannot be read: .*\n$/)
})

const longSecret = 'k7Qm2Zt9Xv4Lr8Wp1Ns6Hd3Yc5Jb0Gf-Ua'

test('SEC-300: another secret than the database was sealed with stops the start with one sentence, not the first sign-in', async () => {
  const cwd = await aFolder('another-secret')
  const settings = { KEYWRIGHT_DATABASE: 'sqlite:./keywright.db', PORT: `${await freePort()}` }
  const server = await startProcess(settings, cwd)
  server.signal('SIGTERM')
  assert.equal(await server.exited, 0)
  for (const words of [[], ['keys', 'list']]) {
    const { code, output } = await runKeywright(words, { ...settings, KEYWRIGHT_SECRET: longSecret }, cwd)
    assert.equal(code, 1)
    assert.match(output, /^keywright: The secret is not the one with which this database was sealed\. [^\n]*\n$/)
  }
})

const unusable: [what: string, make: (path: string) => Promise<unknown>, says: RegExp][] = [
  ['a text', (path) => writeFile(path, 'Dear diary, this is no database at all.'.repeat(100)), /is no SQLite database/],
  ['a directory', (path) => mkdir(path), /cannot be opened/],
  [
    'a damaged database',
    async (path) => {
      const { DatabaseSync } = await import('node:sqlite')
      const db = new DatabaseSync(path)
      db.exec(
        'CREATE TABLE migrations (name TEXT, applied_at INT); CREATE TABLE x (y); INSERT INTO x VALUES (zeroblob(90000))',
      )
      db.close()
      const file = await open(path, 'r+')
      await file.write(Buffer.alloc(8192, 0x5a), 0, 8192, 4096)
      await file.close()
    },
    /is damaged/,
  ],
]
for (const [what, make, says] of unusable)
  test(`${what} where the database should be stops the start with one sentence`, async () => {
    const cwd = await aFolder(what.replaceAll(' ', '-'))
    await make(join(cwd, 'keywright.db'))
    const settings = { KEYWRIGHT_DATABASE: 'sqlite:./keywright.db', KEYWRIGHT_SECRET: longSecret }
    const { code, output } = await runKeywright([], settings, cwd)
    assert.equal(code, 1)
    assert.match(output, says)
    assert.match(output, /^keywright: [^\n]*\n$/)
  })

const main = fileURLToPath(new URL('../../packages/server/src/main.js', import.meta.url))

test('whoever reads the output may go away; the server goes on', async () => {
  const port = await freePort()
  const env = {
    PATH: process.env.PATH,
    PORT: `${port}`,
    KEYWRIGHT_DATABASE: 'sqlite::memory:',
    KEYWRIGHT_LOG_LEVEL: 'trace',
  }
  const child = spawn(process.execPath, [main], {
    cwd: await aFolder('closed'),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  try {
    // Before anything is said: every later write meets a closed pipe.
    child.stdout.destroy()
    child.stderr.destroy()
    const ended = once(child, 'exit').then(() => assert.fail('it ended'))
    await Promise.race([untilReady(port), ended])
    const answers = [1, 2, 3].map(async () => (await fetch(`http://localhost:${port}/authorize`)).status)
    assert.deepEqual(await Promise.all(answers), [400, 400, 400])
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
  } finally {
    child.kill('SIGKILL')
  }
})

async function untilReady(port: number): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
