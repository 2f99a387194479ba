import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Answer, aBrowser } from '../../../testing/browser.ts'
import { aClient, anApi, sample, seedSample } from '../../../testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../../testing/login.ts'
import { addTenant, startServer, type TestServer } from '../../../testing/start-server.ts'
import { parameterNames } from './parse-request.ts'

let server: TestServer
before(async () => {
  server = await startServer({
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      const callbacks = ['https://app.example/callback']
      const others = [
        aClient({
          clientId: 'web',
          appType: 'regular_web',
          tokenEndpointAuthMethod: 'client_secret_post',
          requirePkce: true,
          callbacks,
        }),
        aClient({
          clientId: 'lenient',
          appType: 'regular_web',
          tokenEndpointAuthMethod: 'client_secret_post',
          callbacks,
        }),
        aClient({ clientId: 'machine', grantTypes: ['client_credentials'], callbacks }),
        aClient({ clientId: 'third-party', isFirstParty: false, callbacks }),
        aClient({
          clientId: 'spa',
          appType: 'spa',
          callbacks: ['https://app.example/callback'],
          webOrigins: ['https://app.example'],
        }),
        aClient({ clientId: 'members-only', organizationUsage: 'require', callbacks }),
        aClient({ clientId: 'none-registered', callbacks: [] }),
        aClient({ clientId: 'one-registered', callbacks }),
        aClient({ clientId: 'two-registered', callbacks: [...callbacks, 'https://app.example/other'] }),
      ]
      for (const client of others)
        await store.clients.save(client, client.tokenEndpointAuthMethod === 'none' ? undefined : 's'.repeat(40))
      for (const identifier of ['https://api.example', 'https://slash.example/'])
        await store.resourceServers.save(anApi({ id: identifier, identifier }))
      await store.resourceServers.save(anApi({ id: 'api_longer', identifier: `${sample.audience}:longer` }))
    },
  })
})
after(() => server.stop())

const ask = (over: Record<string, string | undefined>) => aBrowser(server.url).get(authorizeUrl(over))

/** HTTP 4xx HTML on our own origin, no `Location`, no form that sends itself, no script that navigates. */
function assertErrorPage(answer: Answer) {
  assert.ok(
    answer.status >= 400 && answer.status < 500,
    `expected an error page, got ${answer.status} ${answer.location ?? ''}`,
  )
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
  assert.equal(answer.location, undefined)
  assert.doesNotMatch(answer.body, /<form|http-equiv="refresh"/i)
  assert.match(answer.headers.get('content-security-policy') ?? '', /script-src 'none'/)
}

function assertRefused(answer: Answer, error: string) {
  assert.equal(answer.status, 302, answer.body.slice(0, 300))
  assert.match(answer.location ?? '', /^https:\/\/app\.example\/callback[?#]/)
  const parameters = parametersOf(answer)
  assert.equal(parameters.get('error'), error, parameters.get('error_description') ?? '')
  assert.equal(parameters.get('iss'), server.tenant.issuer)
  assert.equal(parameters.get('code'), null)
}

for (const clientId of [undefined, '', 'unknown', 'x'.repeat(300), '../../etc/passwd', 'other-tenant'])
  test(`SEC-001 client_id ${String(clientId).slice(0, 20)}: an error page, never a redirect`, async () =>
    assertErrorPage(await ask({ client_id: clientId })))

test('SEC-001 a client of another tenant is unknown here', async () => {
  const url = `http://acme.localhost:${new URL(server.url).port}`
  const acme = await addTenant(server.storage, url, async (store) =>
    store.clients.save(aClient({ clientId: 'acme-app' })),
  )
  assert.ok(await server.storage.tenants.storeFor(acme).clients.find('acme-app'))
  assertErrorPage(await ask({ client_id: 'acme-app' }))
})

for (const mode of ['query', 'fragment', 'form_post', 'web_message'])
  for (const prompt of [undefined, 'none', 'login'])
    test(`SEC-002 a callback that is not allowed is not followed: ${mode}, prompt ${prompt ?? 'absent'}`, async () => {
      const answer = await ask({ redirect_uri: 'https://evil.example/cb', response_mode: mode, prompt })
      assert.equal(answer.status, 403)
      assertErrorPage(answer)
    })

test('SEC-002 in development the page names the nearest registered URL and the difference; the log does always', async () => {
  const answer = await ask({ redirect_uri: 'https://app.example/callback/' })
  assertErrorPage(answer)
  assert.match(answer.body.replaceAll('<wbr>', ''), /https:\/\/app\.example\/callback(?!\/)/)
  assert.match(answer.body, /slash/i)
  await server.store.logs.flush()
  const logged = (await server.store.logs.list({ limit: 50, type: 'f' })).find((event) =>
    answer.body.includes(event.logId),
  )
  assert.ok(logged, 'the reference on the page is that of the log entry')
  assert.match(JSON.stringify(logged.details), /https:\/\/app\.example\/callback/)
})

/** Two faults at once: which one is told, and where? */
const faults: [name: string, over: Record<string, string | undefined>, place: 'page' | 'callback'][] = [
  ['client_id', { client_id: 'unknown' }, 'page'],
  ['redirect_uri', { redirect_uri: 'https://evil.example/' }, 'page'],
  ['response_mode', { response_mode: 'smoke' }, 'page'],
  ['response_type', { response_type: 'token' }, 'callback'],
  ['code_challenge', { code_challenge: undefined }, 'callback'],
  ['audience', { audience: 'unknown' }, 'callback'],
  ['prompt', { prompt: 'dance' }, 'callback'],
  ['max_age', { max_age: '-1' }, 'callback'],
  ['scope', { scope: 'a"b' }, 'callback'],
  ['connection', { connection: 'hidden' }, 'callback'],
]
for (const [one, first, place] of faults)
  for (const [other, second, otherPlace] of faults)
    if (one < other)
      test(`SEC-003 with ${one} and ${other} wrong, a redirect happens only if client and URI are good`, async () => {
        const answer = await ask({ ...first, ...second })
        if (place === 'page' || otherPlace === 'page') assertErrorPage(answer)
        else assert.equal(parametersOf(answer).has('error'), true)
      })

const responseTypes: [string | undefined, string][] = [
  ['token', 'unsupported_response_type'],
  ['id_token', 'unsupported_response_type'],
  ['code token', 'unsupported_response_type'],
  ['none', 'unsupported_response_type'],
  ['code code', 'unsupported_response_type'],
  ['CODE', 'unsupported_response_type'],
  ['', 'invalid_request'],
  [undefined, 'invalid_request'],
]
for (const [responseType, error] of responseTypes)
  test(`SEC-004 response_type ${responseType ?? 'absent'} is refused: ${error}`, async () =>
    assertRefused(await ask({ response_type: responseType }), error))

test('SEC-290 a scope that no key of the database could hold is refused; PostgreSQL answered 500 once it was consented to', async () => {
  const sized = (length: number) => ({ client_id: 'spa', scope: `openid ${'x'.repeat(length)}` })
  for (const length of [281, 3900]) assertRefused(await ask(sized(length)), 'invalid_scope')
  assert.equal((await ask(sized(280))).status, 302)
  assert.doesNotMatch((await ask(sized(280))).location ?? '', /error=/)
})

test('SEC-004 a client without the authorization_code grant gets none', async () =>
  assertRefused(await ask({ client_id: 'machine' }), 'unauthorized_client'))

for (const name of parameterNames) {
  if (name === 'resource') continue // RFC 8707 §2 lets it be repeated
  const known: Record<string, string> = { client_id: sample.clientId, redirect_uri: 'https://app.example/callback' }
  for (const [how, value] of [
    ['equal', known[name] ?? 'code'],
    ['different', 'zzz'],
  ] as const)
    test(`SEC-005 ${name} sent twice with ${how} values is refused`, async () => {
      const url = authorizeUrl({ [name]: known[name] ?? 'code' })
      const answer = await aBrowser(server.url).get(`${url}&${name}=${encodeURIComponent(value)}`)
      if (['client_id', 'redirect_uri', 'response_mode', 'state'].includes(name)) assertErrorPage(answer)
      else assertRefused(answer, 'invalid_request')
    })
}

test('SEC-005 a parameter split across query and body is sent twice', async () => {
  const answer = await aBrowser(server.url).post(authorizeUrl(), { scope: 'openid' })
  assertRefused(answer, 'invalid_request')
})

test('SEC-006 an empty value is an absent one', async () => {
  assertErrorPage(await ask({ redirect_uri: '' }))
  assertRefused(await ask({ code_challenge: '' }), 'invalid_request')
  const answer = await signIn(server.url, { state: '', audience: '', nonce: '' })
  assert.equal(parametersOf(answer).has('state'), false)
  assert.equal((await exchange(server.url, answer)).status, 200)
})

test('SEC-007 unknown parameters are ignored and not stored', async () => {
  const over = { is_admin: 'true', '__proto__[x]': '1', constructor: 'x', auth0Client: 'QUJD'.repeat(2000) }
  const answer = await aBrowser(server.url).get(authorizeUrl(over))
  assert.equal(answer.status, 302)
  assert.match(answer.location ?? '', /\/u\/login\?state=[\w-]{43}$/)
  assert.equal(Object.hasOwn(Object.prototype, 'x'), false)
})

test('SEC-008 state comes back byte for byte, whatever characters it has; too long is refused', async () => {
  const { browser } = await signIn(server.url)
  const characters = [...Array(0x250).keys()].map((code) => String.fromCodePoint(code + 1)).join('')
  for (const state of [
    characters,
    '"><script>alert(1)</script>',
    '~=&+%20%%2525',
    '💶🐎'.repeat(100),
    ' a b ',
    '{"json":[1]}',
  ]) {
    const answer = await signIn(server.url, { state }, browser)
    assert.equal(parametersOf(answer).get('state'), state)
  }
  assertErrorPage(await browser.get(authorizeUrl({ state: 'x'.repeat(4097) })))
})

test('SEC-009 POST is judged like GET, and gains nothing', async () => {
  const post = (over: Record<string, string>) =>
    aBrowser(server.url).post('/authorize', {
      ...Object.fromEntries(new URLSearchParams(authorizeUrl().slice(11))),
      ...over,
    })
  assert.match((await post({})).location ?? '', /\/u\/login/)
  assertErrorPage(await post({ client_id: 'unknown' }))
  assertErrorPage(await post({ redirect_uri: 'https://evil.example/' }))
  assertRefused(await post({ response_type: 'token' }), 'unsupported_response_type')
  assertRefused(await post({ code_challenge_method: 'plain' }), 'invalid_request')
  assertRefused(await post({ audience: 'unknown' }), 'access_denied')
})

/** What a browser sees of an answer: references and handles differ each time. */
const outcome = ({ status, location, body }: Answer) => ({
  status,
  location: location?.replace(/state=[\w-]{43}$/, ''),
  words: body.replace(/\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|[\w-]{43}/g, '').match(/<h1[\s\S]*?<\/p>/)?.[0],
})

for (const over of [
  ...faults.map(([, wrong]) => wrong),
  ...responseTypes.map(([type]) => ({ response_type: type })),
  ...['query', 'fragment', 'form_post', 'web_message'].flatMap((response_mode) => [
    { response_mode, prompt: 'none' },
    { response_mode, redirect_uri: 'https://evil.example/cb' },
  ]),
  { client_id: undefined },
  { client_id: 'machine' },
  { client_id: 'third-party', scope: 'a"b' },
  { client_id: 'spa', response_mode: 'web_message', prompt: 'none' },
  { redirect_uri: undefined },
  { state: 'x'.repeat(4097) },
  { prompt: 'none login' },
  { request: 'x' },
  { request_uri: 'https://app.example/r' },
  { organization: 'org_1' },
  { code_challenge_method: 'plain' },
])
  test(`SEC-009 by POST as by GET: ${JSON.stringify(over).slice(0, 90)}`, async () => {
    const [path = '', query = ''] = authorizeUrl(over).split('?')
    const posted = await aBrowser(server.url).post(path, Object.fromEntries(new URLSearchParams(query)))
    assert.deepEqual(outcome(posted), outcome(await ask(over)))
  })

test('SEC-175 web_message to a custom scheme is refused: its origin is opaque', async () => {
  const callback = 'capacitor://localhost'
  await server.store.clients.save(aClient({ clientId: 'hybrid', callbacks: [callback], webOrigins: [callback] }))
  const answer = await ask({
    client_id: 'hybrid',
    redirect_uri: callback,
    response_mode: 'web_message',
    prompt: 'none',
  })
  assert.equal(answer.status, 400)
  assertErrorPage(answer)
})

test('SEC-011 /authorize grants no CORS, and answers no preflight', async () => {
  const answer = await aBrowser(server.url).get(authorizeUrl({ client_id: 'spa' }), { origin: 'https://app.example' })
  assert.equal(answer.headers.get('access-control-allow-origin'), null)
  const preflight = await fetch(`${server.url}/authorize`, {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example' },
  })
  assert.equal(preflight.status, 405)
})

for (const [name, over] of [
  ['omitted', { audience: undefined }],
  ['the userinfo endpoint', { audience: 'USERINFO' }],
] as const)
  test(`SEC-018 audience ${name}: the token opens /userinfo and no API`, async () => {
    const audience = over.audience && `${server.tenant.issuer}userinfo`
    const { body } = await exchange(server.url, await signIn(server.url, { audience }))
    assert.match(String(body.access_token), /^[\w-]{43}$/)
  })

for (const audience of [
  'unknown',
  'appointments',
  'appointments:api/',
  'APPOINTMENTS:API',
  'https://other.example/api',
])
  test(`SEC-018 audience ${audience} is refused before login`, async () => {
    const answer = await ask({ audience })
    assertRefused(answer, 'access_denied')
    assert.equal(parametersOf(answer).get('error_description'), `Service not found: ${audience}`)
  })

for (const mode of ['query', 'fragment', 'form_post'])
  for (const over of [
    { response_type: 'token' },
    { prompt: 'none' },
    { audience: 'unknown "\\\n quoted' },
    { prompt: 'none login' },
  ])
    test(`SEC-022 SEC-071 errors carry state and iss in ${mode}, with registered characters only: ${JSON.stringify(over)}`, async () => {
      const answer = await ask({ ...over, response_mode: mode, state: 'st4te' })
      const fields = fieldsOf(answer, mode)
      assert.equal(fields.state, 'st4te')
      assert.equal(fields.iss, server.tenant.issuer)
      assert.match(fields.error ?? '', /^[a-z_]+$/)
      assert.match(fields.error_description ?? '', /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/)
    })

function fieldsOf(answer: Answer, mode: string): Record<string, string> {
  if (mode === 'form_post') {
    const fields: Record<string, string> = {}
    for (const [, name = '', value = ''] of answer.body.matchAll(
      /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
    ))
      fields[name] = value
    return fields
  }
  const url = new URL(answer.location ?? '')
  return Object.fromEntries(mode === 'query' ? url.searchParams : new URLSearchParams(url.hash.slice(1)))
}

test('SEC-042 SEC-043 redirect_uri may be left out only where just one is registered and the request is not OpenID Connect', async () => {
  const without = (clientId: string, scope: string) => ask({ client_id: clientId, redirect_uri: undefined, scope })
  for (const clientId of ['none-registered', 'two-registered']) assertErrorPage(await without(clientId, 'appointments'))
  for (const clientId of ['none-registered', 'one-registered', 'two-registered'])
    assertErrorPage(await without(clientId, 'openid'))
  assert.match((await without('one-registered', 'appointments')).location ?? '', /\/u\/login/)
})

for (const over of [{ scope: 'a"b' }, { prompt: 'login none' }, { response_type: 'token' }, { audience: 'unknown' }])
  test(`SEC-049 a third party’s client cannot bounce a user who has done nothing: ${JSON.stringify(over)}`, async () =>
    assertErrorPage(await ask({ client_id: 'third-party', ...over })))

for (const [over, error] of [
  [{}, 'login_required'],
  [{ audience: 'unknown' }, 'access_denied'],
] as const)
  test(`prompt=none shows no page, not even for a third party: ${error} (Core §3.1.2.6)`, async () =>
    assertRefused(await ask({ client_id: 'third-party', prompt: 'none', ...over }), error))

test('a client without the grant that it needs is told so, and the log has the lines to write', async () => {
  const answer = await ask({ client_id: 'third-party', prompt: 'none', audience: sample.audience })
  assertRefused(answer, 'access_denied')
  assert.match(parametersOf(answer).get('error_description') ?? '', /not authorized to access .*client-grant/)
  await server.store.logs.flush()
  const logged = JSON.stringify(await server.store.logs.list({ limit: 200 })).replaceAll('\\', '')
  assert.match(
    logged,
    /third-party client needs one: add to clientGrants .*"client_id":"third-party","audience":"appointments:api"/,
  )
})

test('an answer with a token in it would go into the fragment, and so does the error; a response_mode wins', async () => {
  for (const type of ['token', 'id_token', 'code id_token', 'id_token token'])
    assert.match((await ask({ response_type: type })).location ?? '', /callback#error=unsupported_response_type/)
  for (const type of ['none', 'tokens'])
    assert.match((await ask({ response_type: type })).location ?? '', /callback\?error=unsupported_response_type/)
  assert.match((await ask({ response_type: 'token', response_mode: 'query' })).location ?? '', /callback\?error=/)
})

for (const name of ['request', 'request_uri'] as const)
  test(`${name} has an error code of its own (Core §6)`, async () =>
    assertRefused(await ask({ [name]: 'https://app.example/request.jwt' }), `${name}_not_supported`))

describe('organizations are not there yet, and nobody is let in without the one they asked for', () => {
  for (const name of ['organization', 'invitation'])
    test(`${name} is refused`, async () => {
      const answer = await ask({ [name]: 'org_1' })
      assertRefused(answer, 'invalid_request')
      assert.match(parametersOf(answer).get('error_description') ?? '', /^parameter organization is not allowed/)
    })

  test('a client that insists on one refuses everybody', async () => {
    const answer = await ask({ client_id: 'members-only' })
    assertRefused(answer, 'invalid_request')
    assert.match(parametersOf(answer).get('error_description') ?? '', /^parameter organization is required/)
  })
})

describe('resource names an API as audience does (RFC 8707 §2)', () => {
  const audienceOf = async (query: string) => {
    const browser = aBrowser(server.url)
    const page = await browser.follow(await browser.get(`${authorizeUrl()}${query}`))
    const answer = await browser.follow(
      await browser.submit(page, { username: sample.email, password: sample.password }),
    )
    const { body } = await exchange(server.url, answer)
    const [, claims = ''] = String(body.access_token).split('.')
    return claims ? JSON.parse(Buffer.from(claims, 'base64url').toString()).aud[0] : 'userinfo'
  }
  for (const [query, audience] of [
    ['&resource=https://api.example', 'https://api.example'],
    ['&resource=https://api.example/', 'https://api.example'],
    ['&resource=https://slash.example', 'https://slash.example/'],
    ['&resource=https://nowhere.example&resource=https://api.example', 'https://api.example'],
    ['&audience=https://api.example&resource=https://nowhere.example', 'https://api.example'],
  ] as const)
    test(`${query} is ${audience}`, async () => assert.equal(await audienceOf(query), audience))

  test('/userinfo is a resource, too', async () =>
    assert.equal(await audienceOf(`&resource=${server.tenant.issuer}userinfo`), 'userinfo'))

  test('none of ours is invalid_target, and more than ten are not looked up', async () => {
    for (const query of ['&resource=https://nowhere.example', '&resource=a&resource=b'])
      assertRefused(await aBrowser(server.url).get(authorizeUrl() + query), 'invalid_target')
    const many = Array.from({ length: 11 }, (_, index) => `&resource=r${index}`).join('')
    assertRefused(await aBrowser(server.url).get(authorizeUrl() + many), 'invalid_request')
  })
})

for (const clientId of [sample.clientId, 'spa', 'web'])
  test(`SEC-056 ${clientId} must send a code_challenge`, async () =>
    assertRefused(
      await ask({ client_id: clientId, code_challenge: undefined, code_challenge_method: undefined }),
      'invalid_request',
    ))

test('SEC-056 a confidential client may opt out of PKCE', async () => {
  const answer = await ask({ client_id: 'lenient', code_challenge: undefined, code_challenge_method: undefined })
  assert.match(answer.location ?? '', /\/u\/login/)
})

for (const method of [undefined, '', 'plain', 's256', 'S512', 'S256 plain'])
  test(`SEC-057 code_challenge_method ${method ?? 'absent'} is refused`, async () =>
    assertRefused(await ask({ code_challenge_method: method }), 'invalid_request'))

const challenges = [
  sample.challenge.slice(1),
  `${sample.challenge}A`,
  `${sample.challenge.slice(0, -1)}=`,
  `${sample.challenge.slice(0, -1)}+`,
  `${sample.challenge.slice(0, -1)}/`,
  `${sample.challenge.slice(0, -1)}N`,
  'é'.repeat(43),
]
for (const challenge of challenges)
  test(`SEC-058 the challenge ${challenge} is refused`, async () =>
    assertRefused(await ask({ code_challenge: challenge }), 'invalid_request'))

test('web_message to an origin that is not an Allowed Web Origin is an error page', async () => {
  assertErrorPage(await ask({ response_mode: 'web_message' }))
  const answer = await ask({ client_id: 'spa', response_mode: 'web_message', prompt: 'none' })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors https:\/\/app\.example/)
  assert.equal(answer.headers.get('x-frame-options'), null)
})

test('broken percent-encoding and invalid UTF-8 are refused plainly', async () => {
  for (const broken of ['%', '%zz', '%ff', '%c3%28', '%ed%a0%80']) {
    const answer = await aBrowser(server.url).get(`${authorizeUrl()}&nonce=${broken}`)
    assertErrorPage(answer)
  }
})

test('nothing here was a bug', () => assert.deepEqual(server.errors, []))
