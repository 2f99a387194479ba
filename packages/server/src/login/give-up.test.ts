// Whoever cancels is sent where an answer would have gone; if that address is the client's no more, nowhere (SEC-045).
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Client } from '#clients/client.ts'
import { type Answer, aBrowser } from '../../testing/browser.ts'
import { aClient, aConnection, seedSample } from '../../testing/builders.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { startServer } from '../../testing/start-server.ts'

const gone = 'https://gone.example/callback'
const app = aClient({
  clientId: 'app',
  appType: 'spa',
  callbacks: [gone],
  webOrigins: ['https://gone.example'],
  isFirstParty: false,
})

async function aWorld(t: TestContext, over: Record<string, string | undefined>) {
  const server = await startServer({
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.clients.save(app)
      await store.connections.save(aConnection({ enabledClients: ['app'] }))
    },
  })
  t.after(() => server.stop())
  const browser = aBrowser(server.url)
  const link = authorizeUrl({ client_id: 'app', redirect_uri: gone, ...over })
  const page = await browser.follow(await browser.get(link))
  return {
    server,
    browser,
    page,
    save: (changes: Partial<Client>) => server.store.clients.save({ ...app, ...changes }),
  }
}

/** @param leads whether the answer may lead to the address */
function assertLeadsThere(answer: Answer, leads: boolean) {
  const there = answer.location?.startsWith(gone) || answer.body.includes('action="https://gone.example')
  const posted = answer.body.includes('postMessage') || answer.body.includes('"https://gone.example"')
  assert.equal(Boolean(there || posted), leads, answer.location ?? answer.body.slice(0, 300))
  if (!leads) assert.ok(answer.status >= 400, `${answer.status}`)
}

for (const mode of ['query', 'fragment', 'form_post', 'web_message']) {
  test(`cancelling is told by ${mode}`, async (t) => {
    const { browser, page } = await aWorld(t, { response_mode: mode })
    assertLeadsThere(await browser.submit(page, {}, 'cancel'), true)
  })

  test(`SEC-045: cancelling by ${mode} leads nowhere once the callback is gone, nor once the client is`, async (t) => {
    const { server, browser, page, save } = await aWorld(t, { response_mode: mode })
    await save({ callbacks: ['https://other.example/callback'] })
    assertLeadsThere(await browser.submit(page, {}, 'cancel'), false)
    await server.store.clients.delete('app')
    assertLeadsThere(await browser.submit(page, {}, 'cancel'), false)
  })
}

test('SEC-045: web_message goes to no origin that was taken off the list', async (t) => {
  const { browser, page, save } = await aWorld(t, { response_mode: 'web_message' })
  await save({ webOrigins: [] })
  assertLeadsThere(await browser.submit(page, {}, 'cancel'), false)
})

test('SEC-045: an address that the request did not name is judged as well', async (t) => {
  const { browser, page, save } = await aWorld(t, { redirect_uri: undefined, scope: 'profile' })
  await save({ callbacks: ['https://other.example/callback'] })
  const cancelled = await browser.submit(page, {}, 'cancel')
  assertLeadsThere(cancelled, false)
  assert.equal(cancelled.location, undefined)
})
