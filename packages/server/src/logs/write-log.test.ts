import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import { aBrowser } from '../../testing/browser.ts'
import { aClient, sample, seedSample } from '../../testing/builders.ts'
import { authorizeUrl, signIn } from '../../testing/login.ts'
import { startServer } from '../../testing/start-server.ts'

const callbacks = Array.from({ length: 100 }, (_, index) => `https://app-${index}.example/${'c'.repeat(300)}`)

test('SEC-298: a wrong callback writes little, however many right ones there are', async (t) => {
  const server = await startServer({
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.clients.save(aClient({ clientId: 'many', appType: 'spa', callbacks }))
    },
  })
  t.after(() => server.stop())
  const wrong = `https://evil.example/${'x'.repeat(2000)}`
  await aBrowser(server.url).get(authorizeUrl({ client_id: 'many', redirect_uri: wrong }))
  await server.store.logs.flush()
  const [event] = await server.store.logs.list({ limit: 1, type: 'f' })
  assert.ok(JSON.stringify(event).length <= 8192, `${JSON.stringify(event).length}`)
  assert.match(JSON.stringify(event), /evil\.example/)
})

test('SEC-298: what strangers at one address can have written has an end, which is told once; what users do is written on', async (t) => {
  const server = await startServer()
  t.after(() => server.stop())
  const rateLimits = { strangersLog: { burst: 3, perMinute: 60 } }
  await server.store.settings.update({ ...defaultTenantSettings, rateLimits })
  const wrong = () => aBrowser(server.url).get(authorizeUrl({ client_id: 'nobody' }))
  const written = async (type: string) => {
    await server.store.logs.flush()
    return (await server.store.logs.list({ limit: 100, type })).length
  }
  for (let i = 0; i < 10; i++) assert.equal((await wrong()).status, 400)
  assert.deepEqual([await written('f'), await written('w')], [3, 1])
  await signIn(server.url, { login_hint: sample.email })
  assert.equal(await written('s'), 1)
  server.clock.advance(1000)
  await wrong()
  assert.equal(await written('f'), 4)
})
