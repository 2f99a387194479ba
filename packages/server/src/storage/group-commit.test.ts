import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aUser } from '../../testing/builders.ts'
import { aTenant, openForTest, sqliteFile } from '../../testing/storages.ts'
import { type Step, StorageConflict, StorageUnavailable } from './database.ts'
import { groupCommit } from './group-commit.ts'
import { openConnection, type SqliteConnection } from './sqlite-connection.ts'

async function aTable() {
  const real = await openConnection(':memory:')
  real.exec('CREATE TABLE things (name TEXT PRIMARY KEY, owner TEXT)')
  const commands: string[] = []
  let failure: Error | undefined
  const connection: SqliteConnection = {
    run: real.run,
    close: real.close,
    get inTransaction() {
      return real.inTransaction
    },
    exec(sql) {
      commands.push(sql)
      if (sql === 'COMMIT' && failure) throw failure
      real.exec(sql)
    },
  }
  const names = () =>
    real.run({ sql: 'SELECT name FROM things ORDER BY name', parameters: [] }).rows.map((row) => row.name)
  const failCommits = (error: Error | undefined) => {
    failure = error
  }
  return { ...groupCommit(connection, 50), names, failCommits, commands }
}

const insert = (name: string): Step => ({ query: { sql: 'INSERT INTO things (name) VALUES (?)', parameters: [name] } })
const claim = (name: string): Step => ({
  query: { sql: 'UPDATE things SET owner = ? WHERE name = ?', parameters: ['me', name] },
  required: true,
})
const sqliteError = (errcode: number) => Object.assign(new Error('injected'), { errcode })

test('the writes of one turn share one commit', async () => {
  const { transact, names, commands } = await aTable()
  await Promise.all(['a', 'b', 'c'].map((name) => transact([insert(name)])))
  assert.deepEqual(names(), ['a', 'b', 'c'])
  assert.equal(commands.filter((sql) => sql === 'COMMIT').length, 1)
})

test('SEC-328: only a commit of nothing but lazy writes does not wait for the disk', async () => {
  const { transact, names, commands } = await aTable()
  const levels = () => commands.filter((sql) => sql.includes('synchronous')).map((sql) => /= (\w+)/.exec(sql)?.[1])
  await transact([insert('a')], 'lazily')
  await transact([insert('b')])
  await Promise.all([transact([insert('c')], 'lazily'), transact([insert('d')])])
  assert.deepEqual(levels(), ['NORMAL', 'FULL', 'FULL'])
  assert.deepEqual(names(), ['a', 'b', 'c', 'd'])
})

test('a job that fails, or finds nothing, undoes only itself', async () => {
  const { transact, names } = await aTable()
  const results = await Promise.allSettled([
    transact([insert('a'), insert('b')]),
    transact([insert('c'), insert('a')]),
    transact([insert('a')]),
    transact([insert('d'), claim('nobody')]),
    transact([claim('nobody')]),
    transact([insert('e'), claim('e')]),
    transact([]),
  ])
  const outcome = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason))
  assert.deepEqual(outcome[0], [[], []])
  assert.ok(outcome[1] instanceof StorageConflict)
  assert.ok(outcome[2] instanceof StorageConflict)
  assert.deepEqual(outcome.slice(3), [undefined, undefined, [[], []], []])
  assert.deepEqual(names(), ['a', 'b', 'e'])
})

test('SEC-328, SEC-329: when the commit fails, everybody in it is told, and nothing of it is there', async () => {
  const { transact, names, failCommits } = await aTable()
  failCommits(sqliteError(13)) // SQLITE_FULL
  const results = await Promise.allSettled([transact([insert('a')]), transact([insert('b'), insert('c')])])
  for (const result of results) assert.ok(result.status === 'rejected' && result.reason instanceof StorageUnavailable)
  assert.deepEqual(names(), [])
  failCommits(undefined)
  await transact([insert('a')])
  assert.deepEqual(names(), ['a'])
})

test('a commit that another process delays is tried again, for a while', async () => {
  const { transact, names, failCommits } = await aTable()
  failCommits(sqliteError(5)) // SQLITE_BUSY
  const waiting = transact([insert('a')])
  setTimeout(() => failCommits(undefined), 10)
  await waiting
  assert.deepEqual(names(), ['a'])
  failCommits(sqliteError(5))
  await assert.rejects(transact([insert('b')]), StorageUnavailable)
})

test('what is queued at the end is still written', async () => {
  const { transact, finish, names } = await aTable()
  const written = Promise.all([transact([insert('a')]), transact([insert('b')])])
  await finish()
  assert.deepEqual(names(), ['a', 'b'])
  await written
})

test('SEC-328: on a disk that is full, writes fail, and what was acknowledged is there', async () => {
  const { url, remove } = await sqliteFile.make()
  const storage = await openForTest(url)
  const tenant = aTenant()
  await storage.tenants.create(tenant)
  await storage.tenants.storeFor(tenant).users.create(aUser())
  await storage.close()

  // A file may not grow beyond so many blocks of 512 bytes: the closest a test comes to a full disk without mounting one.
  const worker = fileURLToPath(import.meta.resolve('../../testing/storage-worker.ts'))
  const limited = ['-c', 'trap "" XFSZ; ulimit -f 6000; exec "$0" "$@"', process.execPath, worker]
  const child = spawn('/bin/sh', [...limited, url, 'fill', tenant.domain], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = (await text(child.stdout)).trim().split('\n')
  const { acknowledged, refused } = JSON.parse(said.at(-1) ?? '') as { acknowledged: string[]; refused: string[] }
  assert.ok(acknowledged.length > 100)
  assert.deepEqual([...new Set(refused)], ['StorageUnavailable'])

  const reopened = await openForTest(url)
  const { codes } = reopened.tenants.storeFor(tenant)
  for (const code of acknowledged) assert.ok(await codes.find(code))
  await reopened.close()
  await remove()
})
