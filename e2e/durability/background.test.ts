// Everything the server does in the background, with PostgreSQL cut off in its middle: it tries again by itself. Nothing may
// leave a process that listens and serves nobody.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, mock, test } from 'node:test'
import pg from 'pg'
import { aClient, sample } from '../../packages/server/testing/builders.ts'
import { aCuttableLine, type CuttableLine } from '../../packages/server/testing/cuttable-line.ts'
import { freshDatabase } from '../../packages/server/testing/postgres.ts'
import { freePort, startServer } from '../../packages/server/testing/start-server.ts'
import { runKeywright, startProcess, tenantFile } from '../testing/keywright-process.ts'

const secret = { KEYWRIGHT_SECRET: 'a secret for tests that is long enough' }
const people = 12
let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-background-'))
})
after(() => rm(folder, { recursive: true }))

/** A tenant file in which everybody has this password. */
async function writeFileWith(password: string): Promise<string> {
  const file = JSON.parse(tenantFile()) as { users: object[] }
  const users = Array.from({ length: people }, (_, index) => ({
    connection: sample.connection,
    email: `user${index}@example.com`,
    password,
  }))
  await writeFile(join(folder, 'tenant.json'), JSON.stringify({ ...file, users }))
  return 'tenant.json'
}

async function withLine(work: (line: CuttableLine, database: pg.Client) => Promise<void>): Promise<void> {
  const url = await freshDatabase()
  const line = await aCuttableLine(url)
  const database = new pg.Client(url)
  await database.connect()
  try {
    await work(line, database)
  } finally {
    await database.end()
    await line.close()
  }
}

const statusOf = async (url: string) => {
  const response = await fetch(url)
  await response.arrayBuffer()
  return response.status
}

/** Until it is so; the test's time limit ends what never becomes so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve))
}

// The words are those of the statements of one comparison, in their order.
for (const words of ['select "hash"', 'insert into "passwords"', 'update "passwords"'])
  test(`the passwords of a tenant file are compared, PostgreSQL is gone at ${words}: the server serves again, and all are applied`, () =>
    withLine(async (line, database) => {
      const port = `${await freePort()}`
      const url = `http://localhost:${port}`
      const environment = { KEYWRIGHT_DATABASE: line.url, ...secret, PORT: port }
      const file = await writeFileWith('the first password')
      const first = await startProcess({ ...environment, KEYWRIGHT_TENANT_FILE: file }, folder)
      first.signal('SIGTERM')
      assert.equal(await first.exited, 0, first.output())
      const hashes = async () =>
        (await database.query<{ hash: string }>('SELECT hash FROM passwords')).rows.map(({ hash }) => hash)
      const before = new Set(await hashes())
      assert.equal(before.size, people)

      const cut = line.cutAt(words)
      const outage = line.refused(3) // who tries once a second makes this longer than a second
      await writeFileWith('the second password')
      const server = await startProcess({ ...environment, KEYWRIGHT_TENANT_FILE: file }, folder)
      try {
        await cut
        assert.equal(await statusOf(`${url}/readyz`), 503)
        await outage
        line.mend()
        await until(async () => (await statusOf(`${url}/readyz`)) === 200)
        await until(async () => (await hashes()).every((hash) => !before.has(hash)))
        assert.equal(await statusOf(`${url}/.well-known/jwks.json`), 200)
        server.signal('SIGTERM')
        assert.equal(await server.exited, 0, server.output())
      } finally {
        await server.kill()
      }
    }))

test('PostgreSQL is gone while a tenant file is applied: the process ends with a sentence and 1', () =>
  withLine(async (line) => {
    const file = await writeFileWith('the first password')
    const cut = line.cutAt('insert into "users"')
    const environment = { KEYWRIGHT_DATABASE: line.url, ...secret, KEYWRIGHT_TENANT_FILE: file }
    const { code, output } = await runKeywright([], { ...environment, PORT: `${await freePort()}` }, folder)
    await cut
    assert.equal(code, 1, output)
    assert.match(output, /^keywright: PostgreSQL: /m)
    assert.doesNotMatch(output, /^\s+at /m)
  }))

test('a comparison of passwords that can never succeed ends the whole process, not half of it: a sentence and 1', () =>
  withLine(async (line, database) => {
    const file = await writeFileWith('the first password')
    const port = `${await freePort()}`
    const environment = { KEYWRIGHT_DATABASE: line.url, ...secret, PORT: port, KEYWRIGHT_TENANT_FILE: file }
    const server = await startProcess(environment, folder)
    server.signal('SIGTERM')
    assert.equal(await server.exited, 0, server.output())
    await database.query('ALTER TABLE passwords RENAME TO lost')
    const { code, output } = await runKeywright([], environment, folder)
    assert.equal(code, 1, output)
    assert.match(output, /^keywright: The passwords of the tenant files could not be compared: /m)
  }))

test('PostgreSQL is gone when the server is told to stop: it stops', () =>
  withLine(async (line) => {
    const file = await writeFileWith('the first password')
    const port = `${await freePort()}`
    const environment = { KEYWRIGHT_DATABASE: line.url, ...secret, PORT: port, KEYWRIGHT_TENANT_FILE: file }
    const server = await startProcess(environment, folder)
    try {
      line.cut()
      await statusOf(`http://localhost:${port}/authorize`) // leaves something in the log's queue
      server.signal('SIGTERM')
      assert.equal(await server.exited, 0, server.output())
    } finally {
      await server.kill()
    }
  }))

test('PostgreSQL is gone in the middle of a sweep, of the log being written, of a look at what changed: each is done later', () =>
  withLine(async (line) => {
    mock.timers.enable({ apis: ['setInterval'] })
    const server = await startServer({ environment: { KEYWRIGHT_DATABASE: line.url, ...secret } })
    try {
      const { store, storage, tenant } = server
      const outage = async (words: string, begin: () => void) => {
        const cut = line.cutAt(words)
        begin()
        await cut
        await assert.rejects(storage.check(), { name: 'StorageUnavailable' })
        line.mend()
        await until(() =>
          storage
            .check()
            .then(() => true)
            .catch(() => false),
        )
      }

      await store.attempts.count('a guess', server.clock.now() - 10_000, 1)
      await outage('delete from "attempts"', () => mock.timers.tick(60_000))
      await until(async () => server.errors.some((error) => JSON.stringify(error).includes('sweeping failed')))
      await store.clients.save(aClient({ clientId: 'witness' }))
      await until(async () => {
        mock.timers.tick(60_000)
        return (await store.attempts.read('a guess', 0)) === 0
      })

      const event = { logId: 'an event', date: server.clock.now(), type: 'w' as const, description: 'story' }
      await outage('insert into "log_events"', () => store.logs.append(event))
      await until(async () => (await store.logs.find('an event')) !== undefined)

      await outage('configuration_versions', () => mock.timers.tick(1_000))
      mock.timers.tick(1_000)
      const elsewhere = await startServer({
        environment: { KEYWRIGHT_DATABASE: line.url, ...secret, PORT: new URL(server.url).port, HOST: '127.0.0.2' },
      })
      try {
        assert.ok(await store.clients.find('witness'))
        await elsewhere.storage.tenants.storeFor(tenant).clients.delete('witness')
        await until(async () => {
          mock.timers.tick(1_000)
          return (await store.clients.find('witness')) === undefined
        })
      } finally {
        await elsewhere.stop()
      }
    } finally {
      await server.stop()
      mock.timers.reset()
    }
  }))
