// A session at a provider answers for a user who has seen no page of ours: that is no agreement to anything.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Answer, aBrowser } from '../../testing/browser.ts'
import { sample, seedSample } from '../../testing/builders.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { scriptedProvider, upstreamConnection } from '../../testing/scripted-provider.ts'
import { startServer } from '../../testing/start-server.ts'

async function aWorld(t: TestContext) {
  const provider = scriptedProvider()
  const server = await startServer({
    fetch: provider.ctx.fetch,
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.connections.save({ ...upstreamConnection({ callback: 'own' }), showAsButton: true })
    },
  })
  t.after(async () => {
    await server.stop()
    assert.deepEqual(server.errors, [])
  })
  const browser = aBrowser(server.url)
  /** The provider knows the user, and sends them straight back. */
  async function comeBack(left: Answer) {
    const { searchParams } = new URL(left.location ?? '')
    const now = Math.floor(server.clock.now() / 1000)
    Object.assign(provider.script.claims, { nonce: searchParams.get('nonce'), iat: now, exp: now + 300 })
    return browser.follow(await browser.get(`/login/callback/idp?code=code&state=${searchParams.get('state')}`))
  }
  return { server, browser, comeBack }
}

const modes = { query: /\?code=/, fragment: /#code=/, form_post: /name="code"/ } as const
for (const callback of [sample.customScheme, 'http://127.0.0.1:4711/callback'])
  for (const [mode, code] of Object.entries(modes))
    test(`SEC-038: ${callback} by ${mode} is confirmed on a page of ours before a code leaves`, async (t) => {
      const { browser, comeBack } = await aWorld(t)
      const link = authorizeUrl({ connection: 'idp', redirect_uri: callback, response_mode: mode })
      const asked = await comeBack(await browser.get(link))
      assert.match(asked.url, /\/u\/confirm\?state=/)
      assert.doesNotMatch(asked.body, code)
      const answer = await browser.submit(asked, {}, 'accept')
      assert.match(answer.location ?? answer.body, code)
    })

test('SEC-038: whoever has chosen the provider on our sign-in page has been there; and the next time is silent again', async (t) => {
  const { browser, comeBack } = await aWorld(t)
  const link = authorizeUrl({ redirect_uri: sample.customScheme })
  const page = await browser.follow(await browser.get(link))
  const button = /href="(\/u\/connection\?[^"]+)"/.exec(page.body)?.[1] ?? assert.fail('no button')
  const answer = await comeBack(await browser.get(button.replaceAll('&amp;', '&')))
  assert.match(answer.location ?? '', /^com\.[^?]+\?code=/)
  assert.match((await browser.follow(await browser.get(link))).url, /\/u\/confirm\?state=/)
})

for (const [prompt, page] of [
  ['select_account', /\/u\/account\?/],
  ['consent', /\/u\/consent\?/],
] as const)
  test(`a silent answer of a provider is no answer to prompt=${prompt}`, async (t) => {
    const { browser, comeBack } = await aWorld(t)
    assert.match((await comeBack(await browser.get(authorizeUrl({ connection: 'idp', prompt })))).url, page)
  })
