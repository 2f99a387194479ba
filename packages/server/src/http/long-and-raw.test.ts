import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aBrowser } from '../../testing/browser.ts'
import { sample } from '../../testing/builders.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { freshDatabase } from '../../testing/postgres.ts'
import { startServer } from '../../testing/start-server.ts'
import { testSecret } from '../../testing/storages.ts'

/** Longer than a key of PostgreSQL's may be, and what its texts cannot hold. */
const values = { long: 'x'.repeat(3900), NUL: 'a\0b', 'half a pair': '\ud800' }
const queried = ['scope', 'audience', 'client_id', 'redirect_uri', 'state', 'nonce', 'login_hint', 'connection']
const posted = [
  'client_id',
  'client_secret',
  'code',
  'refresh_token',
  'redirect_uri',
  'audience',
  'scope',
  'token',
  'code_verifier',
]

test('SEC-290 values that PostgreSQL cannot hold or index are a clear 4xx at every door', async (t) => {
  const server = await startServer({
    environment: { KEYWRIGHT_DATABASE: await freshDatabase(), KEYWRIGHT_SECRET: testSecret },
  })
  t.after(server.stop)
  const { url } = server
  const answers: Record<string, number> = {}
  for (const [kind, value] of Object.entries(values)) {
    for (const name of queried)
      answers[`${kind} ${name} at /authorize`] = (await aBrowser(url).get(authorizeUrl({ [name]: value }))).status
    for (const type of ['authorization_code', 'refresh_token', 'client_credentials'])
      for (const name of posted) {
        const body = new URLSearchParams({
          grant_type: type,
          client_id: sample.clientId,
          code: 'x',
          refresh_token: 'x',
          [name]: value,
        })
        answers[`${kind} ${name} for ${type}`] = (await fetch(`${url}/oauth/token`, { method: 'POST', body })).status
        answers[`${kind} ${name} at /oauth/revoke`] = (
          await fetch(`${url}/oauth/revoke`, { method: 'POST', body })
        ).status
      }
    answers[`${kind} login name`] = await loginName(url, value)
    const basic = {
      authorization: `Basic ${Buffer.from(`${encodeURIComponent(value.toWellFormed())}:x`).toString('base64')}`,
    }
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    answers[`${kind} Basic`] = (await fetch(`${url}/oauth/token`, { method: 'POST', body, headers: basic })).status
    for (const path of [
      '/v2/logout?client_id=',
      '/v2/logout?returnTo=',
      '/oidc/logout?client_id=',
      '/oidc/logout?logout_hint=',
      '/u/login?state=',
      '/login/callback?state=',
      '/login/callback?code=x&state=',
      '/userinfo?access_token=',
    ])
      answers[`${kind} at ${path}`] = (
        await fetch(url + path + encodeURIComponent(value.toWellFormed()), { redirect: 'manual' })
      ).status
  }
  const failed = Object.entries(answers).filter(([, status]) => status >= 500)
  assert.deepEqual(failed, [])
  assert.deepEqual(server.errors, [])
})

async function loginName(url: string, username: string): Promise<number> {
  const browser = aBrowser(url)
  const page = await browser.follow(await browser.get(authorizeUrl()))
  return (await browser.submit(page, { username, password: 'x' })).status
}
