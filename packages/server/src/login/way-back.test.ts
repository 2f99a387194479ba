// What the live screens' forms may end at: as little as can be, and never less than the way back needs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { aClient, aConnection, sample } from '../../testing/builders.ts'
import { authorizeUrl, signIn } from '../../testing/login.ts'
import { startServer } from '../../testing/start-server.ts'

const policyOf = ({ headers }: { headers: Headers }) =>
  /form-action ([^;]+)/.exec(headers.get('content-security-policy') ?? '')?.[1]

test('SEC-171 the sign-in form is bound to us where the answer is a page, to the scheme of the app, and not at all where it ends on the web', async () => {
  const { url, store, stop } = await startServer()
  await store.clients.save(aClient({ webOrigins: ['https://app.example'] }))
  for (const [over, expected] of [
    [{}, undefined],
    [{ redirect_uri: 'http://127.0.0.1/callback' }, undefined],
    [{ redirect_uri: sample.customScheme }, "'self' com.myclientapp:"],
    [{ response_mode: 'form_post' }, "'self'"],
    [{ response_mode: 'web_message' }, "'self'"],
  ] as const) {
    const browser = aBrowser(url)
    const page = await browser.follow(await browser.get(authorizeUrl(over)))
    assert.ok(page.body.includes('name="password"'), JSON.stringify(over))
    assert.equal(policyOf(page), expected, JSON.stringify(over))
  }
  await stop()
})

test('SEC-171 a question after which the only provider may come is not bound: nobody knows where that leads', async () => {
  const { url, store, stop } = await startServer()
  const { browser } = await signIn(url)
  const over = { redirect_uri: sample.customScheme, prompt: 'select_account' }
  const page = await browser.follow(await browser.get(authorizeUrl(over)))
  assert.match(page.url, /\/u\/account/)
  assert.equal(policyOf(page), "'self' com.myclientapp:")
  await store.connections.save(aConnection({ enabledClients: [] }))
  await store.connections.save(aConnection({ id: 'con_oidc', name: 'contoso', strategy: 'oidc', showAsButton: true }))
  assert.equal(policyOf(await browser.get(page.url)), undefined)
  await stop()
})

test('SEC-171 the question of the logout is bound to us where its answer is our page', async () => {
  const { url, stop } = await startServer()
  const { browser } = await signIn(url)
  const ask = async (query: Record<string, string>) =>
    policyOf(await browser.get(`/oidc/logout?${new URLSearchParams(query)}`))
  const client_id = sample.clientId
  assert.equal(await ask({}), "'self'")
  assert.equal(await ask({ client_id, post_logout_redirect_uri: 'https://app.example/bye' }), undefined)
  const scheme = 'com.myclientapp://myclientapp.com/logout'
  assert.equal(await ask({ client_id, post_logout_redirect_uri: scheme }), "'self' com.myclientapp:")
  await stop()
})
