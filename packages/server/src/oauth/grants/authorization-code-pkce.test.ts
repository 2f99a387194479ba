import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { aBrowser, type TestBrowser } from '../../../testing/browser.ts'
import { sample } from '../../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, postToken, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { addClient, web } from '../../../testing/tokens.ts'

let server: TestServer
/** Signed in once: from then on every code costs one request. */
let browser: TestBrowser
before(async () => {
  server = await startServer()
  browser = (await signIn(server.url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const aCode = async (over: Record<string, string | undefined> = {}) =>
  parametersOf(await signIn(server.url, over, browser)).get('code') ?? ''
const redeem = (code: string, over: Record<string, string> = {}) =>
  postToken(server.url, {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    code,
    code_verifier: sample.verifier,
    redirect_uri: 'https://app.example/callback',
    ...over,
  })

const wrongVerifier = { error: 'invalid_grant', error_description: 'Failed to verify code verifier' }

async function refused(answer: Promise<{ status: number; body: unknown }>, body: object = wrongVerifier) {
  const { status, body: told } = await answer
  assert.deepEqual({ status, told }, { status: 400, told: body })
}

test('SEC-063 the pair of RFC 7636 Appendix B opens the code', async () => {
  const { status, body } = await redeem(await aCode())
  assert.equal(status, 200)
  assert.equal(body.token_type, 'Bearer')
  assert.equal(body.expires_in, 86_400)
})

describe('SEC-059 a verifier is 43 to 128 characters of the unreserved set', () => {
  const bad = {
    '42 characters': sample.verifier.slice(1),
    '129 characters': 'a'.repeat(129),
    'a space': ` ${sample.verifier.slice(1)}`,
    'a percent sign': `%${sample.verifier.slice(1)}`,
    padding: `${sample.verifier}=`,
    'an umlaut': `ä${sample.verifier.slice(1)}`,
    'a line break': `${sample.verifier}\n`,
  }
  for (const [what, verifier] of Object.entries(bad))
    test(what, async () => refused(redeem(await aCode(), { code_verifier: verifier })))

  for (const value of [[sample.verifier], true, { toString: sample.verifier }])
    test(`JSON ${JSON.stringify(value)}`, async () => {
      const form = { grant_type: 'authorization_code', client_id: sample.clientId, code: await aCode() }
      const response = await postJson({ ...form, code_verifier: value })
      assert.equal(response.status, 400)
      assert.equal(response.body.error, 'invalid_request')
    })
})

test('SEC-060 no verifier, an empty one and null open nothing', async () => {
  await refused(redeem(await aCode(), { code_verifier: '' }))
  const form = {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    redirect_uri: 'https://app.example/callback',
  }
  await refused(postToken(server.url, { ...form, code: await aCode() }))
  await refused(postJson({ ...form, code: await aCode(), code_verifier: null }))
})

test('SEC-061 a verifier where no challenge was sent is refused, so that stripping the challenge does not help', async () => {
  await addClient(server, { clientId: 'no-pkce' })
  const over = { client_id: 'no-pkce', code_challenge: undefined, code_challenge_method: undefined }
  const credentials = { client_id: 'no-pkce', client_secret: web.secret }
  await refused(redeem(await aCode(over), credentials))
  const { status } = await redeem(await aCode(over), { ...credentials, code_verifier: '' })
  assert.equal(status, 200)
})

test('SEC-064 the challenge cannot be changed after the request', async () => {
  const stranger = aBrowser(server.url)
  const page = await stranger.follow(await stranger.get(authorizeUrl()))
  const evil = `code_challenge=${'A'.repeat(43)}&code_challenge_method=S256`
  const again = await stranger.get(`${page.url}&${evil}`)
  const fields = { username: sample.email, password: sample.password, code_challenge: 'A'.repeat(43) }
  const answer = await stranger.follow(await stranger.submit(again, fields))
  assert.equal((await exchange(server.url, answer)).status, 200)
})

async function postJson(form: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${server.url}/oauth/token`, { method: 'POST', headers, body: JSON.stringify(form) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
