import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aBrowser } from '../../../testing/browser.ts'
import { sample } from '../../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { addClient } from '../../../testing/tokens.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

test('the tutorial’s first request: sign in only, to the tenant’s own /mobile (SEC-063)', async () => {
  const redirectUri = `${server.url}/mobile`
  const answer = await signIn(server.url, { redirect_uri: redirectUri })
  assert.equal(answer.status, 302)
  assert.match(answer.location ?? '', /\/mobile\?code=[\w-]{43}&iss=/)
  const { status, body } = await exchange(server.url, answer, { redirect_uri: redirectUri })
  assert.equal(status, 200)
  assert.equal(body.token_type, 'Bearer')
  assert.equal(body.refresh_token, undefined)
  const userinfo = await fetch(`${server.url}/userinfo`, {
    headers: { authorization: `Bearer ${String(body.access_token)}` },
  })
  assert.deepEqual(await userinfo.json(), {
    sub: sample.userId,
    name: 'Ada Lovelace',
    nickname: 'ada',
    picture: `${server.url}/avatars/MzExIEFM.svg`,
    updated_at: '2026-01-01T00:00:00.000Z',
  })
})

test('the tutorial’s second request: for an API, to a custom scheme', async () => {
  const answer = await signIn(server.url, {
    scope: 'appointments contacts',
    audience: sample.audience,
    redirect_uri: sample.customScheme,
    state: 'xyz',
  })
  assert.equal(answer.status, 302)
  assert.match(answer.location ?? '', /^com\.myclientapp:\/\/myclientapp\.com\/callback\?code=/)
  assert.equal(parametersOf(answer).get('state'), 'xyz')
  const { body } = await exchange(server.url, answer, { redirect_uri: sample.customScheme })
  assert.equal(body.scope, 'appointments contacts')
  assert.equal(body.id_token, undefined)
})

for (const [what, appType, callback, warned] of [
  ['an http callback off loopback', 'regular_web', 'http://app.example/cb', true],
  ['a custom scheme of a web client', 'spa', 'vscode://publisher.app/cb', true],
  ['an https callback', 'regular_web', 'https://app.example/cb', false],
] as const)
  test(`SEC-031: ${what} works, and ${warned ? 'warns in the log at each use' : 'warns of nothing'}`, async () => {
    await addClient(server, { clientId: what, appType, callbacks: [callback] })
    const browser = aBrowser(server.url)
    const page = await browser.follow(await browser.get(authorizeUrl({ client_id: what, redirect_uri: callback })))
    const answer = await browser.follow(
      await browser.submit(page, { username: sample.email, password: sample.password }),
    )
    assert.ok(answer.location?.startsWith(`${callback}?code=`), `${answer.location}`)
    await server.store.logs.flush()
    const warnings = (await server.store.logs.list({ limit: 10, type: 'w' })).filter(
      ({ clientId }) => clientId === what,
    )
    assert.equal(warnings.length, warned ? 1 : 0)
  })
