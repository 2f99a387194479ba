import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digest } from '#crypto/digest.ts'
import { createSealer } from '#crypto/seal.ts'
import { fitsSecret } from '#crypto/secret-digest.ts'
import { aClient } from '../../testing/builders.ts'
import { dump } from '../../testing/dump.ts'
import { hour, noon } from '../../testing/issued.ts'
import { onEach, postgres, sqliteFile, testSecret } from '../../testing/storages.ts'
import type { Database, Query } from './database.ts'
import { openStorage } from './open-storage.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

const secret = 'tiger, tiger, burning'
const other = 'lion'

/** As another version of the server, or time, left it. */
async function write(url: string, build: (query: Database['query']) => { compile(): Query }) {
  const db = url.startsWith('sqlite:')
    ? await openSqlite(url.slice('sqlite:'.length), Date.now)
    : await openPostgres(url, Date.now, assert.ifError)
  await db.transact([{ query: build(db.query).compile() }])
  await db.close()
}

onEach([sqliteFile, postgres], (bench) => {
  test('SEC-125 SEC-301 no digest in the database can be compared with words, nor can it once it could', async () => {
    const tenant = await bench.tenant()
    const client = aClient()
    await bench.storage.tenants.storeFor(tenant).clients.save(client, secret)
    await bench.storage.tenants.storeFor(tenant).attempts.count(secret, noon, hour)
    const guesses = [secret, digest(secret), digest(`${client.clientId}\n${digest(secret)}`), digest(other)]
    const readers = async () => JSON.stringify(await dump(bench.url))
    for (const guess of guesses) assert.ok(!(await readers()).includes(guess))

    const document = JSON.stringify(aClient({ secretDigests: [digest(secret), digest(other)] }))
    await write(bench.url, (query) => query.updateTable('clients').set({ document }))
    assert.ok((await readers()).includes(digest(secret)))

    // A start right after the migration, beside processes of the version before: they need what they know.
    const owner = { tenantId: tenant.id, clientId: client.clientId }
    const start = async (sealer = createSealer(testSecret)) => {
      const storage = await openStorage({ url: bench.url, sealer, now: Date.now })
      try {
        await storage.keyClientDigests()
        const found = await storage.tenants.storeFor(tenant).clients.find(client.clientId)
        assert.equal(found?.secretDigests.length, 2)
        for (const one of [secret, other]) assert.ok(fitsSecret(found.secretDigests, one, owner, sealer))
        assert.ok(!fitsSecret(found.secretDigests, 'wolf', owner, sealer))
        assert.ok(!fitsSecret(found.secretDigests, secret, { ...owner, clientId: 'another' }, sealer))
        assert.equal(await storage.tenants.storeFor(tenant).clients.readSecret(client.clientId), secret)
      } finally {
        await storage.close()
      }
    }
    await start()
    const isPostgres = bench.url.startsWith('postgres')
    assert.equal((await readers()).includes(digest(secret)), isPostgres)
    const earlier = Date.now() - 2 * hour
    await write(bench.url, (query) => query.updateTable('migrations').set({ applied_at: earlier }))
    await start()
    for (const guess of guesses) assert.ok(!(await readers()).includes(guess))

    // SEC-299: an earlier secret of the server still vouches; a stranger's does not.
    await start(createSealer('the second secret, which is long enough', [testSecret]))
    await assert.rejects(start(createSealer('the secret of a stranger, long enough')))
  })
})
