import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { aClient } from '../../testing/builders.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { logOf } from '../../testing/tokens.ts'

let server: TestServer
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-logs-'))
  server = await startServer({ environment: { KEYWRIGHT_DATABASE: `sqlite:${folder}/keywright.db` } })
})
after(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

/** `keywright logs …` as a process of its own, beside the running server. */
function logs(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env.PATH,
    PORT: new URL(server.url).port,
    KEYWRIGHT_DATABASE: server.config.database,
  }
  const main = join(import.meta.dirname, '../main.js')
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'logs', ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

test('the reference on an error page leads to what the Redirect Doctor found', async () => {
  const wrong = 'https://app.example/callback/?canary=\u001b[31m'
  const page = await aBrowser(server.url).get(authorizeUrl({ redirect_uri: wrong }))
  await server.store.logs.flush()
  const [newest] = await server.store.logs.list({ limit: 1 })
  assert.ok(newest && page.body.includes(newest.logId))

  const { code, stdout } = await logs(newest.logId)
  assert.equal(code, 0)
  assert.equal(stdout.includes('\u001b'), false, 'SEC-304 nothing reaches the terminal raw')
  const event = JSON.parse(stdout) as { logId: string; details: { asked: { allowed: string[] } } }
  assert.equal(event.logId, newest.logId)
  assert.ok(event.details.asked.allowed.includes('https://app.example/callback'))
})

test('a callback that is right for another client is told to the reader of its entry, however many clients there are', async () => {
  const own = 'https://the-other.example/cb'
  for (let index = 0; index < 120; index++)
    await server.store.clients.save(aClient({ clientId: `a client ${index}`, callbacks: [] }))
  await server.store.clients.save(
    aClient({ clientId: 'the other', name: 'The other', appType: 'spa', callbacks: [own] }),
  )
  await aBrowser(server.url).get(authorizeUrl({ redirect_uri: own }))
  const [newest] = await logOf(server, 'f')
  const { stdout } = await logs(newest?.logId ?? '')
  const event = JSON.parse(stdout) as { details: { otherClient?: unknown; asked: { diagnosis: object } } }
  assert.deepEqual(event.details.otherClient, { clientId: 'the other', name: 'The other' })
  assert.ok(!('otherClient' in event.details.asked.diagnosis), 'a request does not look beyond a hundred clients')
})

/** C0 but for line feeds, DEL, C1, and what turns the direction of letters. */
const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

test('SEC-304: neither C1 nor bidirectional overrides nor line ends of a stranger reach the terminal, and nothing is lost', async () => {
  const evil = 'evil\u009b31m\u0085\u202efdp.exe\u2066\u2028\u001b]0;title\u0007\u007f'
  await aBrowser(server.url).get(authorizeUrl({ redirect_uri: `https://app.example/${evil}` }))
  await fetch(`${server.url}/authorize?client_id=nobody`, { headers: { 'user-agent': 'agent\u009b31m\u0085x' } })
  await server.store.logs.flush()
  const { stdout } = await logs('--limit', '2')
  assert.doesNotMatch(stdout, raw)
  const [agent, requested] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { userAgent: string; details: { asked: { requested: string } } })
  assert.equal(agent?.userAgent, 'agent\u009b31m\u0085x')
  assert.equal(requested?.details.asked.requested, `https://app.example/${evil}`)
  for (const words of [['no-such\u009b31m\u202e'], ['--type\u009b31m'], ['--tenant', 'x\u009b31m\u202e']]) {
    const { stderr } = await logs(...words)
    assert.match(stderr, /^keywright: /)
    assert.doesNotMatch(stderr, raw, stderr)
  }
})

test('newest first, by type, up to a limit', async () => {
  await aBrowser(server.url).get(authorizeUrl({ prompt: 'none' }))
  await aBrowser(server.url).get(authorizeUrl({ client_id: 'unknown' }))
  await server.store.logs.flush()
  const types = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type)
  assert.deepEqual(types((await logs('--limit', '2')).stdout), ['f', 'fsa'])
  assert.deepEqual(types((await logs('--type', 'fsa')).stdout), ['fsa'])
})

test('what cannot be is said in a sentence', async () => {
  for (const words of [
    ['--limit', '0'],
    ['--limit', 'many'],
    ['no-such-entry'],
    ['--tenant', 'other.example'],
    ['--colour'],
  ]) {
    const { code, stdout, stderr } = await logs(...words)
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' }, words.join(' '))
    assert.match(stderr, /^keywright: .+\n$/)
  }
})
