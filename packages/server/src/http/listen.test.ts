import assert from 'node:assert/strict'
import { type IncomingHttpHeaders, request } from 'node:http'
import { after, before, test } from 'node:test'
import { routes } from '#routes.ts'
import { aClient, seedSample } from '../../testing/builders.ts'
import { authorizeUrl, exchange, signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

interface Seen {
  what: string
  status: number
  headers: IncomingHttpHeaders
}

function send(
  server: TestServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Seen> {
  const { hostname, port, host } = new URL(server.url)
  const target = { hostname: hostname.endsWith('.example') ? 'localhost' : hostname, port: server.config.port || port }
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...target, method, path, headers: { host, ...headers } }, (incoming) => {
      incoming.resume()
      const { statusCode: status = 0 } = incoming
      incoming.on('end', () => resolve({ what: `${method} ${path} ${status}`, status, headers: incoming.headers }))
    })
    outgoing.on('error', reject).end(body)
  })
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Every address in every way, and everything that goes wrong before there is an address. */
async function crawl(server: TestServer): Promise<Seen[]> {
  const seen: Seen[] = []
  const see = async (...words: Parameters<typeof send> extends [unknown, ...infer Rest] ? Rest : never) =>
    void seen.push(await send(server, ...words))
  for (const { path: pattern } of routes) {
    const path = pattern.replace(/:\w+/, 'com.example')
    for (const method of ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS']) await see(method, path)
    await see('GET', `${path}?a=%ff`)
    await see('POST', path, form, 'client_id=x&state=x')
    await see('POST', path, { 'content-type': 'text/plain' }, 'x')
    await see('POST', path, { 'content-type': 'application/json' }, '{')
    await see('POST', path, form, 'x'.repeat(70_000))
    await see('GET', path, { origin: 'https://evil.example', authorization: 'Bearer x', cookie: 'keywright=x' })
    await see('GET', path, { host: 'unknown.example' })
  }
  for (const path of ['/', '/nowhere', '/%ff', '/healthz', '/readyz', authorizeUrl(), authorizeUrl({ prompt: 'none' })])
    await see('GET', path)
  await see('GET', '/', { 'x-long': 'x'.repeat(40_000) })
  return seen
}

let server: TestServer
let secure: TestServer
let plain: Seen[]
let overHttps: Seen[]
before(async () => {
  server = await startServer()
  secure = await startServer({ environment: { KEYWRIGHT_URL: 'https://login.example' } })
  plain = await crawl(server)
  overHttps = await crawl(secure)
})
after(() => Promise.all([server.stop(), secure.stop()]))

const offenders = (seen: Seen[], isFine: (one: Seen) => boolean) =>
  seen.filter((one) => !isFine(one)).map(({ what }) => what)

test('the crawl has seen all kinds of answers', () => {
  const statuses = new Set(plain.map(({ status }) => status))
  for (const status of [200, 204, 302, 400, 401, 404, 405, 413, 415, 431]) assert.ok(statuses.has(status), `${status}`)
  assert.deepEqual([server.errors, secure.errors], [[], []])
})

test('SEC-089, SEC-321: only public documents may be kept, and nothing with a cookie', () => {
  const isPublic = (what: string) => /^(GET|HEAD) \/(\.well-known\/\S*|apple-app-site-association) 200$/.test(what)
  const wrong = offenders(plain, ({ what, headers }) => {
    const caching = headers['cache-control'] ?? ''
    if (caching.includes('public') && headers['set-cookie'] === undefined && isPublic(what.replace(/\?\S*/, '')))
      return true
    return caching.includes('no-store')
  })
  assert.deepEqual(wrong, [])
})

test('HEAD is GET without the body, wherever GET is (RFC 9110 §9.3.2)', async () => {
  for (const path of ['/.well-known/openid-configuration', '/authorize', '/healthz', '/u/login', '/userinfo']) {
    const [get, head] = [await send(server, 'GET', path), await send(server, 'HEAD', path)]
    assert.equal(head.status, get.status, path)
    for (const name of ['content-type', 'content-length', 'cache-control'])
      assert.equal(head.headers[name], get.headers[name], `${path} ${name}`)
  }
})

test('SEC-089: answers with tokens or claims are not kept', async () => {
  const answer = await signIn(server.url)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const { headers, body } = await exchange(server.url, answer)
  assert.deepEqual([headers.get('cache-control'), headers.get('pragma')], ['no-store', 'no-cache'])
  const authorization = `Bearer ${String(body.access_token)}`
  const claims = await send(server, 'GET', '/userinfo', { authorization })
  assert.deepEqual([claims.status, claims.headers['cache-control']], [200, 'no-store'])
})

test('no browser guesses what an answer is, or tells others where it was', () => {
  assert.deepEqual(
    offenders(plain, ({ headers }) => headers['x-content-type-options'] === 'nosniff'),
    [],
  )
  assert.deepEqual(
    offenders(plain, ({ headers }) => headers['referrer-policy'] === 'no-referrer'),
    [],
  )
})

test('SEC-324: no banner of a server, a framework or a version', () => {
  const banners = ['server', 'x-powered-by', 'via', 'x-runtime', 'x-version', 'x-aspnet-version']
  assert.deepEqual(
    offenders(plain, ({ headers }) => !banners.some((name) => name in headers)),
    [],
  )
  assert.deepEqual(
    offenders(plain, ({ headers }) => !/fastify|node\.?js|express/i.test(JSON.stringify(headers))),
    [],
  )
})

test('SEC-320: https is made to stay, for a year and with subdomains; plain http is told nothing of it', () => {
  assert.deepEqual(
    offenders(plain, ({ headers }) => headers['strict-transport-security'] === undefined),
    [],
  )
  const always = 'max-age=31536000; includeSubDomains'
  const wrong = offenders(overHttps, ({ headers }) => headers['strict-transport-security'] === always)
  assert.deepEqual(wrong, [])
})

test('SEC-326: a line break that got into the settings gets into no header', async () => {
  const forged = 'https://app.example/\r\nset-cookie: kw-x=1\r\n\r\n<script>'
  const broken = await startServer({
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      // Past the tenant file, which refuses such addresses: as if somebody had written to the database.
      await store.clients.save(aClient({ clientId: 'broken', allowedLogoutUrls: [forged], callbacks: [forged] }))
      await store.settings.update({ ...tenant.settings, branding: { logoUrl: forged }, supportUrl: forged })
    },
  })
  const asked = new URLSearchParams({ client_id: 'broken', redirect_uri: forged, response_type: 'code' })
  for (const path of [
    '/v2/logout?client_id=broken',
    `/v2/logout?client_id=broken&returnTo=${encodeURIComponent(forged)}`,
    `/oidc/logout?client_id=broken`,
    `/authorize?${asked}`,
    authorizeUrl({ client_id: 'broken', redirect_uri: forged, prompt: 'none' }),
    authorizeUrl({ client_id: 'broken', redirect_uri: forged, response_mode: 'form_post', prompt: 'none' }),
    '/mobile',
  ]) {
    const { headers, what } = await send(broken, 'GET', path)
    const cookies = headers['set-cookie'] ?? []
    assert.deepEqual(
      cookies.filter((line) => line.includes('kw-x')),
      [],
      what,
    )
  }
  await broken.stop()
})
