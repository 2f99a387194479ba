import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { TestBrowser } from '../../testing/browser.ts'
import { sample } from '../../testing/builders.ts'
import { exchange, parametersOf, postToken, signIn } from '../../testing/login.ts'
import { addTenant, startServer, type TestServer } from '../../testing/start-server.ts'
import { addClient, offline, refresh, tokensOf, userinfo } from '../../testing/tokens.ts'

let server: TestServer
let url: string
let browser: TestBrowser
before(async () => {
  server = await startServer()
  url = server.url
  browser = (await signIn(url)).browser
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const aCode = async () => parametersOf(await signIn(url, {}, browser)).get('code') ?? ''
const form = (code: string) => ({
  grant_type: 'authorization_code',
  client_id: sample.clientId,
  code,
  code_verifier: sample.verifier,
  redirect_uri: 'https://app.example/callback',
})

async function send(body: string | Buffer, contentType?: string, path = '/oauth/token') {
  const headers = { ...(contentType && { 'content-type': contentType }) }
  const response = await fetch(url + path, { method: 'POST', headers, body: Buffer.from(body) })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Record<string, unknown> }
}
const sendJson = (body: unknown) => send(JSON.stringify(body), 'application/json')

describe('SEC-074 only POST, and nothing of it in the URL', () => {
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])
    test(`${method} is 405`, async () => {
      const response = await fetch(`${url}/oauth/token`, { method })
      assert.equal(response.status, 405)
      assert.equal(response.headers.get('allow'), 'POST')
    })

  for (const name of ['client_id', 'client_secret', 'code', 'code_verifier', 'refresh_token'])
    test(`?${name}= is 400, and the code is not touched`, async () => {
      const code = await aCode()
      const whole = new URLSearchParams(form(code)).toString()
      const { status, body } = await send(whole, 'application/x-www-form-urlencoded', `/oauth/token?${name}=x`)
      assert.deepEqual({ status, error: body.error }, { status: 400, error: 'invalid_request' })
      assert.equal((await postToken(url, form(code))).status, 200)
    })
})

describe('SEC-075 form and JSON are judged alike', () => {
  test('JSON works, and null is the same as nothing', async () => {
    const { status, body } = await sendJson({ ...form(await aCode()), client_secret: null, scope: null })
    assert.equal(status, 200)
    assert.equal(body.token_type, 'Bearer')
  })

  test('what we do not know may be anything: other libraries send their own extras along', async () => {
    const extras = { telemetry: { sdk: ['x'] }, retry: 1, beta: true, empty: [] }
    assert.equal((await sendJson({ ...form(await aCode()), ...extras })).status, 200)
  })

  for (const name of ['grant_type', 'client_id', 'client_secret', 'code', 'code_verifier', 'redirect_uri'])
    for (const value of [['x'], { x: 'y' }, true, [], {}])
      test(`${name}: ${JSON.stringify(value)} is refused`, async () => {
        const { status, body } = await sendJson({ ...form('x'), [name]: value })
        assert.deepEqual({ status, error: body.error }, { status: 400, error: 'invalid_request' })
      })

  for (const json of ['{"grant_type":"a","grant_type":"b"}', '[]', 'null', '"x"', '{', '{"a":"\\ud800"}', ''])
    test(`${json} is refused`, async () => {
      const { status, body } = await send(json, 'application/json')
      assert.deepEqual({ status, error: body.error }, { status: 400, error: 'invalid_request' })
    })

  test('members of a prototype are parameters like any other', async () => {
    const { status, body } = await send('{"__proto__":"x","constructor":"y"}', 'application/json')
    assert.deepEqual({ status, error: body.error }, { status: 400, error: 'invalid_request' })
  })

  for (const name of ['grant_type', 'client_id', 'code', 'unknown'])
    test(`${name} sent twice in a form is refused, equal or not (RFC 6749 §3.1)`, async () => {
      const code = await aCode()
      const once = new URLSearchParams({ ...form(code), unknown: 'x' })
      const twice = `${once}&${name}=${once.get(name)}`
      const { status, body } = await send(twice, 'application/x-www-form-urlencoded')
      assert.deepEqual({ status, error: body.error }, { status: 400, error: 'invalid_request' })
      assert.equal((await postToken(url, form(code))).status, 200)
    })
})

describe('SEC-076 other content types and charsets are refused', () => {
  const whole = 'grant_type=refresh_token'
  const types = {
    'text/plain': 415,
    'multipart/form-data; boundary=x': 415,
    'application/xml': 415,
    'application/x-www-form-urlencoded; charset=utf-16': 415,
    'application/json; charset=iso-8859-1': 415,
  }
  for (const [type, status] of Object.entries(types))
    test(type, async () => {
      const answer = await send(whole, type)
      assert.deepEqual({ status: answer.status, error: answer.body.error }, { status, error: 'invalid_request' })
    })

  test('none', async () => assert.equal((await send(whole)).status, 415))
  test('bytes that are not UTF-8', async () => {
    const bytes = Buffer.from([0x61, 0x3d, 0xff])
    assert.equal((await send(bytes, 'application/x-www-form-urlencoded')).status, 400)
  })
  test('UTF-8, said in any way, is fine', async () => {
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"', 'utf8']) {
      const { body } = await send(whole, `application/x-www-form-urlencoded; charset=${charset}`)
      assert.equal(body.error_description, 'Missing required parameter: client_id')
    }
  })
})

describe('SEC-086 grants', () => {
  test('one that the client may not use is 403 unauthorized_client (Auth0), and nothing is spent', async () => {
    const code = await aCode()
    const client = await server.store.clients.find(sample.clientId)
    assert.ok(client)
    await server.store.clients.save({ ...client, grantTypes: ['refresh_token'] })
    const { status, body } = await postToken(url, form(code))
    await server.store.clients.save(client)
    assert.equal(status, 403)
    assert.deepEqual(body, {
      error: 'unauthorized_client',
      error_description: "Grant type 'authorization_code' not allowed for the client.",
    })
    assert.equal((await postToken(url, form(code))).status, 200)
  })

  for (const type of ['password', 'implicit', 'Authorization_code', 'authorization_code ', '__proto__'])
    test(`${type} is unsupported`, async () => {
      const { status, body } = await postToken(url, { ...form('x'), grant_type: type })
      assert.deepEqual({ status, error: body.error }, { status: 400, error: 'unsupported_grant_type' })
    })

  test('none is invalid_request', async () => {
    const { status, body } = await postToken(url, { client_id: sample.clientId })
    assert.deepEqual(
      { status, body },
      {
        status: 400,
        body: { error: 'invalid_request', error_description: 'Missing required parameter: grant_type' },
      },
    )
  })
})

test('SEC-089 SEC-321 tokens and refusals alike are never stored by a cache', async () => {
  const answers = [
    await postToken(url, form(await aCode())),
    await postToken(url, form('x')),
    await postToken(url, { grant_type: 'x' }),
    await postToken(url, { ...form('x'), client_id: 'nobody' }),
    await send('', 'text/plain'),
    await send('x', 'text/plain'),
  ]
  for (const { headers } of answers) {
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('pragma'), 'no-cache')
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(headers.get('set-cookie'), null)
  }
})

test('SEC-093 SEC-324 refusals echo nothing of what was sent, and say nothing of what we are made of', async () => {
  const marker = 'zq7marker'
  const sent: Record<string, string>[] = [
    { ...form(marker), redirect_uri: marker, code_verifier: marker },
    { ...form(marker), client_id: marker },
    { ...form('x'), grant_type: marker },
    { grant_type: 'refresh_token', client_id: sample.clientId, refresh_token: marker, scope: marker, audience: marker },
    { grant_type: 'authorization_code', client_id: sample.clientId, code: marker.repeat(1000) },
  ]
  for (const body of sent) {
    const answer = await postToken(url, body)
    const everything = JSON.stringify([answer.body, ...answer.headers])
    assert.doesNotMatch(everything, /zq7marker|sqlite|node_modules|\.ts\b|fastify/i)
    assert.equal(answer.headers.get('server'), null)
    assert.equal(answer.headers.get('x-powered-by'), null)
    assert.deepEqual(Object.keys(answer.body).sort(), ['error', 'error_description'])
  }
})

test('what SDKs leak into the body is ignored', async () => {
  const leaked = { ...form(await aCode()), state: 'x', nonce: 'y', response_type: 'code', auth0Client: '%', x: 'y' }
  assert.equal((await postToken(url, leaked)).status, 200)
})

test('SEC-332 tokens of parallel logins are never mixed up', async () => {
  await addClient(server, { clientId: 'other-app', tokenEndpointAuthMethod: 'none' })
  const clients = [sample.clientId, 'other-app']
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const clientId = clients[i % 2] ?? ''
      const answer = await signIn(url, { nonce: `nonce-${i}`, client_id: clientId }, browser)
      const { body } = await exchange(url, answer, { client_id: clientId })
      return { i, clientId, claims: payload(String(body.id_token)) }
    }),
  )
  for (const { i, clientId, claims } of answers) {
    assert.equal(claims.nonce, `nonce-${i}`)
    assert.equal(claims.aud, clientId)
  }
})
const payload = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>

test('SEC-073 SEC-123 nothing that one tenant has issued is worth anything at another', async () => {
  const acme = await addTenant(server.storage, url.replace('localhost', 'acme.localhost'))
  const there = (path: string, body: Record<string, string> | undefined, headers: Record<string, string> = {}) =>
    rawRequest(path, acme.domain, body, headers)
  const code = await aCode()
  const tokens = await tokensOf(server, { ...offline, audience: undefined }, browser)
  const jwt = await tokensOf(server, offline, browser)

  const atAcme = [
    await there('/oauth/token', form(code)),
    await there('/oauth/token', { ...form(''), grant_type: 'refresh_token', refresh_token: tokens.refresh_token }),
  ]
  for (const { status, body } of atAcme) {
    assert.equal(status, 400)
    assert.match(body, /"error":"invalid_grant"/)
  }
  for (const token of [tokens.access_token, jwt.access_token, tokens.id_token])
    assert.equal((await there('/userinfo', undefined, { authorization: `Bearer ${token}` })).status, 401)
  const revoked = await there('/oauth/revoke', { client_id: sample.clientId, token: tokens.refresh_token })
  assert.equal(revoked.status, 200)
  const hint = await there(`/oidc/logout?id_token_hint=${tokens.id_token}`, undefined)
  assert.equal(hint.status, 400)

  assert.equal((await postToken(url, form(code))).status, 200, 'and at home it is as good as before')
  assert.equal((await refresh(url, tokens.refresh_token)).status, 200)
  assert.equal((await userinfo(url, tokens.access_token)).status, 200)
})

/** With a `Host` of our choice, which fetch would not send. */
function rawRequest(path: string, host: string, form: Record<string, string> | undefined, headers: object) {
  const { hostname, port } = new URL(url)
  const body = form && new URLSearchParams(form).toString()
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const message = request(
      { hostname, port, path, method: form ? 'POST' : 'GET', headers: { host, ...type, ...headers } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      },
    )
    message.on('error', reject)
    message.end(body)
  })
}
