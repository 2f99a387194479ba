import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import pg from 'pg'
import { freshDatabase, startPostgres } from './postgres.ts'

async function ask(url: string, question: string): Promise<Record<string, string> | undefined> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, string>>(question)
    return rows[0]
  } finally {
    await client.end()
  }
}

test('gives every suite an empty database of its own, in UTF-8 and in the order of bytes', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()])
  await ask(one, 'CREATE TABLE mine (id BIGINT)')
  assert.equal((await ask(other, `SELECT to_regclass('mine') AS mine`))?.mine, null)
  assert.deepEqual(await ask(one, `SELECT 'a' > 'B' AS bytes, getdatabaseencoding() AS encoding`), {
    bytes: true,
    encoding: 'UTF8',
  })
})

test('waits for the disk only when it is asked to', async () => {
  const server = await startPostgres({ durable: true })
  try {
    assert.deepEqual(await ask(server.url, 'SHOW fsync'), { fsync: 'on' })
    assert.deepEqual(await ask(server.url, 'SHOW synchronous_commit'), { synchronous_commit: 'on' })
    assert.deepEqual(await ask(server.url, 'SHOW max_connections'), { max_connections: '200' })
  } finally {
    await server.stop()
  }
  await assert.rejects(ask(server.url, 'SELECT 1'), { code: 'ECONNREFUSED' })
})

test('does not outlive a process that was killed', async () => {
  const program = `
    import { startPostgres } from ${JSON.stringify(import.meta.resolve('./postgres.ts'))}
    const server = await startPostgres()
    console.log(server.url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const url = line.trim()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  client.on('error', () => {}) // its farewell
  const gone = new Promise<void>((resolve) => client.on('end', resolve))
  child.kill('SIGKILL')
  await gone
  await assert.rejects(ask(url, 'SELECT 1'))
})
