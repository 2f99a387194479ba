import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { AuthorizationServer, json } from '../testing/authorization-server.ts'
import { exchangeCode, fetchUser, refreshTokens, revokeToken } from './token-request.ts'

const server = await AuthorizationServer.start()
after(() => server.stop())

const code = { clientId: 'abc', code: 'c', codeVerifier: 'v', redirectUri: 'com.app:/cb' }
const body = { access_token: 'at', token_type: 'Bearer', expires_in: 60 }

/** Makes the server answer the next requests so. */
function answer(status: number, contentType: string, text: string): void {
  server.misbehave.request = (request, response) => {
    request.resume()
    return Boolean(response.writeHead(status, { 'content-type': contentType }).end(text))
  }
}
const answerJson = (status: number, value: unknown) => answer(status, 'application/json', JSON.stringify(value))

test('sends exactly the form of RFC 6749 §4.1.3 and RFC 7636 §4.5', async () => {
  server.misbehave.request = undefined
  await assert.rejects(exchangeCode(server.issuer, code), { name: 'TokenError', code: 'invalid_grant', status: 403 })
  assert.deepEqual(server.requests.at(-1), {
    method: 'POST',
    path: '/oauth/token',
    form: {
      grant_type: 'authorization_code',
      client_id: 'abc',
      code: 'c',
      code_verifier: 'v',
      redirect_uri: 'com.app:/cb',
    },
  })
})

test('a refresh sends no scope unless asked to narrow it', async () => {
  server.misbehave.request = undefined
  const form = { grant_type: 'refresh_token', client_id: 'abc', refresh_token: 'r+/=' }
  await assert.rejects(refreshTokens(server.issuer, { clientId: 'abc', refreshToken: 'r+/=' }), {
    code: 'invalid_grant',
  })
  assert.deepEqual(server.requests.at(-1)?.form, form)
  await assert.rejects(refreshTokens(server.issuer, { clientId: 'abc', refreshToken: 'r+/=', scope: 'a b' }))
  assert.deepEqual(server.requests.at(-1)?.form, { ...form, scope: 'a b' })
})

test('understands a full and a minimal answer, and any case of bearer', async () => {
  answerJson(200, { ...body, scope: 'a', refresh_token: 'rt', id_token: 'it' })
  const full = { accessToken: 'at', expiresIn: 60, scope: 'a', refreshToken: 'rt', idToken: 'it' }
  assert.deepEqual(await exchangeCode(server.issuer, code), full)
  answerJson(200, { ...body, token_type: 'bearer' })
  const minimal = { ...full, scope: undefined, refreshToken: undefined, idToken: undefined }
  assert.deepEqual(await exchangeCode(server.issuer, code), minimal)
})

const SENSELESS: [string, unknown][] = [
  ['no token', { ...body, access_token: undefined }],
  ['an empty token', { ...body, access_token: '' }],
  ['a token of another type', { ...body, token_type: 'DPoP' }],
  ['no type', { ...body, token_type: undefined }],
  ['a lifetime as text', { ...body, expires_in: '60' }],
  ['a lifetime of nothing', { ...body, expires_in: 0 }],
  ['a refresh token that is no string', { ...body, refresh_token: 7 }],
  ['a list', [body]],
  ['null', null],
]
for (const [what, value] of SENSELESS) {
  test(`refuses an answer with ${what}`, async () => {
    answerJson(200, value)
    await assert.rejects(exchangeCode(server.issuer, code), { name: 'TokenError', code: 'invalid_response' })
  })
}

test("repeats the server's own words", async () => {
  answerJson(403, { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' })
  const words = { code: 'invalid_grant', message: 'Unknown or invalid refresh token.', status: 403 }
  await assert.rejects(refreshTokens(server.issuer, { clientId: 'abc', refreshToken: 'r' }), words)
})

test('a refusal that is not JSON, such as a proxy page, is invalid_response with its status', async () => {
  for (const text of ['<html>Bad gateway</html>', '', '"text"', '{"error":7}']) {
    answer(502, 'text/html', text)
    await assert.rejects(exchangeCode(server.issuer, code), { code: 'invalid_response', status: 502 })
  }
})

test('never follows a redirect with a code in its hands', async () => {
  let reached = false
  const elsewhere = createServer((_, response) => {
    reached = true
    json(response, 200, body)
  })
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
  server.misbehave.request = (_, response) => Boolean(response.writeHead(307, { location }).end())
  await assert.rejects(exchangeCode(server.issuer, code), { name: 'NetworkError' })
  assert.equal(reached, false)
  elsewhere.close()
})

test('a server that does not answer in time is a network error', async () => {
  server.misbehave.request = () => true
  await assert.rejects(exchangeCode(server.issuer, code, { timeout: 20 }), {
    name: 'NetworkError',
    message: `${server.issuer}oauth/token did not answer within 20 ms.`,
  })
})

test('a server that stalls in the middle of its answer is a network error, too', async () => {
  server.misbehave.request = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"access_token":')
    return true
  }
  await assert.rejects(exchangeCode(server.issuer, code, { timeout: 50 }), { name: 'NetworkError' })
})

test('nobody at the port is a network error with its cause', async () => {
  const gone = await AuthorizationServer.start()
  const { issuer } = gone
  await gone.stop()
  await assert.rejects(exchangeCode(issuer, code), (error: Error) => {
    assert.equal(error.name, 'NetworkError')
    return error.cause instanceof TypeError
  })
})

test('revocation takes an empty 200 (RFC 7009 §2.2) and reports anything else', async () => {
  server.misbehave.request = undefined
  await revokeToken(server.issuer, { clientId: 'abc', token: 'unknown' })
  const form = { client_id: 'abc', token: 'unknown', token_type_hint: 'refresh_token' }
  assert.deepEqual(server.requests.at(-1), { method: 'POST', path: '/oauth/revoke', form })
  answerJson(401, { error: 'invalid_client' })
  await assert.rejects(revokeToken(server.issuer, { clientId: 'abc', token: 't' }), {
    code: 'invalid_client',
    status: 401,
  })
})

test('userinfo: claims, the plain-text 401, a refusal, and an answer about nobody', async () => {
  server.misbehave.request = undefined
  assert.equal((await fetchUser(server.issuer, 'at')).sub, 'auth0|ada')
  answer(401, 'text/plain', 'Unauthorized')
  await assert.rejects(fetchUser(server.issuer, 'at'), { code: 'invalid_token', status: 401 })
  answerJson(403, { error: 'insufficient_scope' })
  await assert.rejects(fetchUser(server.issuer, 'at'), { code: 'insufficient_scope', status: 403 })
  answerJson(200, { name: 'nobody' })
  await assert.rejects(fetchUser(server.issuer, 'at'), { code: 'invalid_response' })
})
