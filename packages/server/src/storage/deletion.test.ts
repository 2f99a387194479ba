import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { hashOf, sample } from '../../testing/builders.ts'
import { dump } from '../../testing/dump.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { startServer } from '../../testing/start-server.ts'
import { offline, offlineOpaque, tokensOf } from '../../testing/tokens.ts'

const day = 86_400_000

test('SEC-309 of a user who was deleted nothing is left but the log, and that for thirty days', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-deletion-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const database = `sqlite:${join(folder, 'keywright.db')}`
  const server = await startServer({ environment: { KEYWRIGHT_DATABASE: database } })
  t.after(() => server.stop())

  const browser = aBrowser(server.url)
  await tokensOf(server, offline, browser)
  await tokensOf(server, offlineOpaque)
  await server.store.consents.add(
    { userId: sample.userId, clientId: sample.clientId, audience: '', scope: ['c'] },
    Date.now(),
  )
  await browser.follow(await browser.get(authorizeUrl({ prompt: 'login' }))) // and one sign-in left lying
  const personal = [sample.userId, sample.userId.slice(6), sample.email, 'Ada Lovelace', await hashOf(sample.password)]
  const tablesThatTell = async () => {
    await server.store.logs.flush()
    const tables = Object.entries(await dump(database))
    return tables
      .filter(([, rows]) => personal.some((text) => JSON.stringify(rows).includes(text)))
      .map(([name]) => name)
      .sort()
  }
  const before = await tablesThatTell()
  for (const table of ['users', 'sessions', 'refresh_families', 'consents', 'log_events'])
    assert.ok(before.includes(table), `${table} was to have something to delete: ${before.join(', ')}`)

  await server.store.users.delete(sample.userId)
  assert.deepEqual(await tablesThatTell(), ['log_events'])

  server.clock.advance(31 * day)
  while ((await server.storage.sweep(server.clock.now())) > 0);
  assert.deepEqual(await tablesThatTell(), [])
  assert.deepEqual(server.errors, [])
})
