// What an operator's machine does to a start: settings in a file, a reader that goes away, a Node.js that is too old.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
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
