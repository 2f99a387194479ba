// `npm start` and `npm run demo -- --headless`, as a newcomer runs them: two processes, the sample tenant, nothing else.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../packages/server/testing/start-server.ts'

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Without the settings of whoever runs the tests. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KEYWRIGHT_')))

async function start(folder: string, settings: Record<string, string>) {
  const env = { ...environment, ...settings }
  const server = spawn(process.execPath, [fileOf('packages/server/src/main.js')], { cwd: folder, env })
  let out = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk) => {
      out += chunk
    })
  const exited = new Promise<number | null>((resolve) => server.once('exit', resolve))
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /https?:\/\/localhost:\d+/.exec(out)?.[0]
      if (found && out.includes('/authorize?')) resolve(found)
    }
    server.stdout.on('data', look)
    void exited.then(() => reject(new Error(out)))
  })
  return {
    url,
    async stop() {
      server.kill('SIGTERM')
      return exited
    },
  }
}

function demo(url: string, settings: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  const env = { ...environment, ...settings, KEYWRIGHT_URL: url, NO_COLOR: '1' }
  return new Promise((resolve) => {
    execFile(process.execPath, [fileOf('demo/main.ts'), '--headless'], { env, timeout: 30_000 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}

for (const [how, tls] of [
  ['over http', undefined],
  ['over https, with the local authority', 'dev'],
] as const)
  test(`a fresh server, and the whole native login by the demo ${how}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'keywright-e2e-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const server = await start(folder, { PORT: `${await freePort()}`, ...(tls && { KEYWRIGHT_TLS: tls }) })
    const trust = tls ? { NODE_EXTRA_CA_CERTS: join(folder, 'data', 'tls', 'ca.pem') } : {}
    const first = await demo(server.url, trust as Record<string, string>)
    const second = await demo(server.url, trust as Record<string, string>)
    const code = await server.stop()
    for (const run of [first, second]) {
      assert.equal(run.err, '', run.out)
      assert.equal(run.code, 0)
      assert.match(run.out, /Signed in: Ada Lovelace[\s\S]*Done: signed in, called, refreshed, signed out\./)
    }
    assert.equal(code, 0, 'SIGTERM ends the server in peace')
  })
