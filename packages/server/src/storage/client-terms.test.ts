import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '#clients/client.ts'
import { matchesAnyOrigin } from '#clients/registered-url.ts'
import { aClient } from '../../testing/builders.ts'
import { onEach, openForTest, postgres, sqliteFile } from '../../testing/storages.ts'
import type { Database, Query } from './database.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

const android = { appPackageName: 'com.example', sha256CertFingerprints: ['AA'] }

/** Parts that meet in every way, so that nearly right ones are among them. */
const schemes = ['https', 'http', 'HTTPS', 'capacitor', 'com.example.app', 'javascript', 'data']
const hosts = [
  'app.example de.app.example a.b.app.example App.Example example localhost a.localhost 127.0.0.1 [::1]',
  '*.app.example *.App.example *.example *.co.uk *.localhost *.a.localhost x.github.io *.github.io *',
  'a_b.app.example -.app.example xn--a.app.example app.example.',
].flatMap((line) => line.split(' '))
hosts.push('')
const ports = ['', ':443', ':80', ':8443', ':0443', ':']
const paths = ['', '/', '/cb', '/*', '/cb?x=*', '/cb#f', '//', '/../cb']
const urls = schemes.flatMap((scheme) =>
  hosts.flatMap((host) => ports.flatMap((port) => paths.map((path) => `${scheme}://${host}${port}${path}`))),
)

/** The same choice each time. */
function chooser(seed: number) {
  let state = seed
  return <T>(list: readonly T[]): T => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return list[(state >>> 8) % list.length] as T
  }
}

onEach([sqliteFile, postgres], (bench) => {
  test('SEC-090 the index of origins and the rule agree, whatever is registered and whatever is asked', async () => {
    const choose = chooser(5)
    const likely = urls.filter((url) => /^https?:\/\/[^/]*(app\.example|localhost|127)/.test(url))
    let allowed = 0
    for (let round = 0; round < 30; round++) {
      const store = await bench.store()
      const some = () => Array.from({ length: 3 }, () => choose(choose([urls, likely])))
      const clients = Array.from({ length: 3 }, (_, index) =>
        aClient({
          clientId: `client ${index}`,
          appType: choose(['native', 'spa', 'regular_web', 'non_interactive'] as const),
          callbacks: some(),
          webOrigins: some(),
          allowedOrigins: some(),
        }),
      )
      for (const client of clients) await store.clients.save(client)
      const origins = new Set(['null', '', 'x', ...Array.from({ length: 60 }, () => choose(choose([urls, likely])))])
      for (const url of clients.flatMap(({ callbacks, webOrigins }) => [...callbacks, ...webOrigins])) {
        const bare = url.replace(/^([^:]+:\/\/[^/]*).*$/, '$1')
        for (const origin of [bare, bare.toLowerCase(), bare.replace('*', 'de'), bare.replace('*', 'a.b')])
          origins.add(origin.replace(/:(443|80|)$/, '')).add(origin)
      }
      for (const origin of origins) {
        const rule = clients.some(({ appType, callbacks, webOrigins, allowedOrigins }) =>
          [callbacks, webOrigins, allowedOrigins].some((list) => matchesAnyOrigin(origin, list, { appType })),
        )
        if (rule) allowed++
        // Twice: from the database and from memory.
        for (const _ of [1, 2])
          assert.equal(
            await store.clients.listsOrigin(origin),
            rule,
            `${origin} of ${JSON.stringify(clients, null, 1)}`,
          )
      }
    }
    assert.ok(allowed > 50, `${allowed} were allowed`)
  })

  test('what a client lists no more is found no more, nor what a deleted one listed', async () => {
    const { clients } = await bench.store()
    const own = 'https://own.example'
    const found = async () => [
      await clients.listsOrigin(own),
      await clients.listsOrigin('https://de.wild.example'),
      (await clients.listApps()).length,
    ]
    const client = aClient({ appType: 'spa', webOrigins: [own], allowedOrigins: ['https://*.wild.example'] })
    await clients.save({ ...client, mobile: { android } }, 'secret')
    assert.deepEqual(await found(), [true, true, 1])
    assert.deepEqual(await clients.listApps(), [{ android }])
    await clients.save({ ...client, webOrigins: [] })
    assert.deepEqual(await found(), [false, true, 0])
    await clients.save(client)
    assert.deepEqual(await found(), [true, true, 0])
    await clients.delete(client.clientId)
    assert.deepEqual(await found(), [false, false, 0])
  })

  test('the next start finds what a version before this one wrote, and nothing else to do', async () => {
    const [before, since] = [await bench.tenant(), await bench.tenant()]
    const { tenants } = bench.storage
    for (const tenant of [before, since]) await tenants.storeFor(tenant).clients.save(aClient())
    const client = (over: Partial<Client>) => aClient({ appType: 'spa', callbacks: [], ...over })
    // As that version writes: the document, and a newer version of the tenant's configuration.
    const document = JSON.stringify(client({ webOrigins: ['https://new.example'], mobile: { android } }))
    await write(bench.url, (query) => query.updateTable('clients').set({ document }).where('tenant_id', '=', before.id))
    await write(bench.url, (query) =>
      query
        .updateTable('configuration_versions')
        .set(({ eb }) => ({ version: eb('version', '+', 1) }))
        .where('tenant_id', '=', before.id),
    )
    const storage = await openForTest(bench.url)
    try {
      const { clients } = storage.tenants.storeFor(before)
      assert.equal(await clients.listsOrigin('https://app.example'), true)
      await storage.indexClients()
      assert.equal(await clients.listsOrigin('https://app.example'), false)
      assert.equal(await clients.listsOrigin('https://new.example'), true)
      assert.deepEqual(await clients.listApps(), [{ android }])

      // Complete, it stays so by what this version writes: no start looks again.
      await clients.save(client({ webOrigins: ['https://newer.example'] }))
      await storage.tenants.storeFor(since).clients.save(client({ webOrigins: ['https://since.example'] }))
      await write(bench.url, (query) => query.deleteFrom('client_terms'))
      await storage.indexClients()
      assert.equal(await storage.tenants.storeFor(since).clients.listsOrigin('https://since.example'), false)
    } finally {
      await storage.close()
    }
  })
})

/** Around the server. */
async function write(url: string, build: (query: Database['query']) => { compile(): Query }) {
  const db = url.startsWith('sqlite:')
    ? await openSqlite(url.slice('sqlite:'.length), Date.now)
    : await openPostgres(url, Date.now, assert.ifError)
  await db.transact([{ query: build(db.query).compile() }])
  await db.close()
}
