import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { settings } from '../../packages/server/src/config.ts'
import { freshDatabase } from '../../packages/server/testing/postgres.ts'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { connectRaw, statusesOf } from '../hostile/raw-connection.ts'
import { runKeywright, startProcess, tenantFile } from '../testing/keywright-process.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-start-'))
  await writeFile(join(folder, 'tenant.json'), tenantFile())
})
after(() => rm(folder, { recursive: true }))

const memory = { KEYWRIGHT_DATABASE: 'sqlite::memory:' }

/** Until nobody listens there any more. */
async function untilRefused(url: string): Promise<void> {
  for (;;) {
    const refused = await connectRaw(url).then(
      ({ socket }) => void socket.destroy(),
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (refused) return
  }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} stops accepting, finishes what is in flight, and exits with 0`, async () => {
    const port = `${await freePort()}`
    const url = `http://localhost:${port}`
    const server = await startProcess({ ...memory, PORT: port }, folder)
    const idle = await connectRaw(url)
    idle.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
    await idle.untilIncludes('ok')
    const busy = await connectRaw(url)
    const head = ['POST /oauth/token HTTP/1.1', `Host: localhost:${port}`, 'Content-Length: 20', 'Expect: 100-continue']
    busy.write(`${head.join('\r\n')}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n`)
    await busy.untilIncludes('100 Continue') // so it is in flight

    server.signal(signal)
    await untilRefused(url)
    busy.write('grant_type=password ')
    const answered = await busy.untilClosed()
    assert.deepEqual(statusesOf(answered), [100, 400])
    assert.match(answered, /unsupported_grant_type/)
    assert.equal(await server.exited, 0, server.output())
    await idle.untilClosed()
  })

for (const [story, words, environment, sentence] of [
  ['a port that is none', [], { PORT: 'http' }, /keywright: PORT is "http": it is not a port number\. It may be /],
  [
    'a URL with a path',
    [],
    { KEYWRIGHT_URL: 'https://a.example/x' },
    /keywright: KEYWRIGHT_URL is .*: it has a path\./,
  ],
  ['a short secret', [], { KEYWRIGHT_SECRET: 'hunter2' }, /keywright: KEYWRIGHT_SECRET is "\*\*\*": /],
  ['an unknown proxy', [], { KEYWRIGHT_TRUSTED_PROXIES: '0.0.0.0/0' }, /KEYWRIGHT_TRUSTED_PROXIES .*is everybody/],
  ['a tenant file that is not there', [], { KEYWRIGHT_TENANT_FILE: 'nowhere.yaml' }, /keywright: .*nowhere\.yaml/],
  [
    'a tenant file that is none',
    [],
    { KEYWRIGHT_TENANT_FILE: 'wrong.yaml' },
    /keywright: .*nothing was changed:\n.*wrong\.yaml:2: clients\[0\]\.name/,
  ],
  ['a database in a folder that cannot be', [], { KEYWRIGHT_DATABASE: 'sqlite:./tenant.json/x.db' }, /keywright: /],
  ['keys of a tenant that does not exist', ['keys', 'list', '--tenant', 'x'], {}, /keywright: There is no tenant "x"/],
] as const)
  test(`${story}: one sentence, no stack, and the exit code 1`, async () => {
    await writeFile(join(folder, 'wrong.yaml'), 'clients:\n  - name: 7\n')
    const { code, output } = await runKeywright(words, { ...memory, ...environment }, folder)
    assert.match(output, sentence)
    assert.equal(code, 1, output)
    assert.doesNotMatch(output, /^\s+at |node:internal|hunter2/m)
  })

test('a PostgreSQL that is not there: a sentence without the password', async () => {
  const nobody = await freePort()
  const database = `postgres://ada:opensesame@127.0.0.1:${nobody}/x`
  const secret = 'a secret for tests that is long enough'
  const environment = { KEYWRIGHT_DATABASE: database, KEYWRIGHT_SECRET: secret }
  const { code, output } = await runKeywright([], environment, folder)
  assert.equal(code, 1, output)
  assert.match(output, /^keywright: PostgreSQL: /m)
  assert.doesNotMatch(output, /opensesame|^\s+at /m)
})

for (const database of ['SQLite', 'PostgreSQL'])
  test(`a port that is taken: a sentence that says so, and ${database} keeps no process alive`, async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const url = database === 'SQLite' ? 'sqlite::memory:' : await freshDatabase()
    const environment = { KEYWRIGHT_DATABASE: url, KEYWRIGHT_SECRET: 'a secret for tests that is long enough' }
    const { code, output } = await runKeywright([], { ...environment, PORT: `${port}` }, folder)
    other.close()
    assert.equal(code, 1, output)
    assert.match(output, new RegExp(`^keywright: .*${port}.* in use`, 'm'))
    assert.doesNotMatch(output, /^\s+at /m)
  })

test('--help names every setting and every command; an unknown command is refused with 2', async () => {
  const help = await runKeywright(['--help'], {}, folder)
  assert.equal(help.code, 0)
  for (const name of [...Object.keys(settings), 'keys list', 'keys rotate', 'keys revoke', 'keys replace'])
    assert.ok(help.output.includes(name), name)
  const unknown = await runKeywright(['strat'], memory, folder)
  assert.equal(unknown.code, 2)
  assert.match(unknown.output, /no command "strat"/)
})
