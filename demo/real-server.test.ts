// `npm start` in one terminal, `npm run demo` in the other.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../packages/server/testing/start-server.ts'
import { runDemo } from './testing/run-demo.ts'

/** The server as a user starts it, in a folder of its own; stopped, and its folder removed, after the test. */
async function startServer(t: TestContext, settings: NodeJS.ProcessEnv = {}): Promise<{ url: string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-demo-'))
  const main = fileURLToPath(new URL('../packages/server/src/main.js', import.meta.url))
  const { KEYWRIGHT_URL: _, ...inherited } = process.env
  const env = {
    ...inherited,
    PORT: String(await freePort()),
    KEYWRIGHT_DATABASE: `sqlite:${join(folder, 'keywright.db')}`,
    ...settings,
  }
  const server = spawn(process.execPath, [main], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(server, 'exit')
  t.after(async () => {
    server.kill('SIGTERM')
    await exited
    await rm(folder, { recursive: true })
  })
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /listens at (https?:\/\/[^ ]+)/.exec(line)?.[1]
    if (!url) continue
    server.stdout.resume() // or it stops when the pipe is full
    return { url, folder }
  }
  throw new Error('The server ended before it listened.')
}

test('the sample tenant has all that the demo needs', async (t) => {
  const { url } = await startServer(t)
  const first = await runDemo({ KEYWRIGHT_URL: url }, '--headless')
  assert.deepEqual([first.code, first.err], [0, ''], first.out)
  const again = await runDemo({ KEYWRIGHT_URL: url }, '--headless')
  assert.deepEqual([again.code, again.err], [0, ''], 'the second login finds a consent, and goes as well')

  const wrong = await runDemo({ KEYWRIGHT_URL: url }, '--headless', '--password', 'wrong')
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /does not accept the user name and password: Wrong/)
})

test('a development certificate is trusted when its authority is named, and explained otherwise', async (t) => {
  const { url, folder } = await startServer(t, { KEYWRIGHT_TLS: 'dev' })
  const distrusting = await runDemo({ KEYWRIGHT_URL: url, NODE_EXTRA_CA_CERTS: '' }, '--headless')
  assert.equal(distrusting.code, 1)
  assert.match(distrusting.err, /not trusted .* NODE_EXTRA_CA_CERTS/)

  const authority = join(folder, 'tls', 'ca.pem')
  const trusting = await runDemo({ KEYWRIGHT_URL: url, NODE_EXTRA_CA_CERTS: authority }, '--headless')
  assert.deepEqual([trusting.code, trusting.err], [0, ''], trusting.out)
})
