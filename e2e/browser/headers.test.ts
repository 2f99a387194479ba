// A walk over every kind of answer there is, over https: what must stand in its headers, and what must not.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Answer, aBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, parametersOf, signIn } from '../../packages/server/testing/login.ts'
import type { TestServer } from '../../packages/server/testing/start-server.ts'
import { seedWith } from '../testing/apps.ts'
import { startHttpsServer } from '../testing/https-server.ts'

const spa = { clientId: 'spa', webOrigins: ['https://app.example'] }

let server: TestServer
const answers = new Map<string, Answer>()
before(async () => {
  server = await startHttpsServer(seedWith(spa))
  for (const [name, answer] of [...(await screens()), ...(await refusals()), ...(await documents())])
    answers.set(name, answer)
})
after(() => server?.stop())

type Found = [name: string, answer: Answer][]

async function screens(): Promise<Found> {
  const browser = aBrowser(server.url)
  const start = await browser.get(authorizeUrl({ prompt: 'consent' }))
  const login = await browser.follow(start)
  const wrong = await browser.submit(login, { username: sample.email, password: 'incorrect' })
  const signedIn = await browser.submit(login, { username: sample.email, password: sample.password })
  const consent = await browser.follow(signedIn)
  const done = await browser.submit(consent, {}, 'accept')
  const follow = async (over: Record<string, string>) => browser.follow(await browser.get(authorizeUrl(over)))
  return [
    ['authorize', start],
    ['login', login],
    ['login, wrong password', wrong],
    ['signed in', signedIn],
    ['consent', consent],
    ['redirect with a code', done],
    ['finished already', await browser.get(consent.url)],
    ['confirmation', await follow({ redirect_uri: sample.customScheme })],
    ['account chooser', await follow({ prompt: 'select_account' })],
    ['form_post', await follow({ response_mode: 'form_post' })],
    ['web_message', await follow({ response_mode: 'web_message', prompt: 'none', client_id: spa.clientId })],
    ['/mobile', await browser.get('/mobile?code=x')],
    ['app link', await browser.get('/ios/com.example/callback?code=x')],
    ['logout question', await browser.get('/oidc/logout')],
    ['logout', await browser.get('/v2/logout')],
    ['logged out', await browser.get('/oidc/logout')],
  ]
}

async function refusals(): Promise<Found> {
  const browser = aBrowser(server.url)
  return [
    ['unknown client', await browser.get(authorizeUrl({ client_id: 'nobody' }))],
    ['callback mismatch', await browser.get(authorizeUrl({ redirect_uri: 'https://elsewhere.example/' }))],
    ['expired', await browser.get(`/u/login?state=${'x'.repeat(43)}`)],
    ['logout mismatch', await browser.get('/v2/logout?returnTo=https://elsewhere.example')],
    ['token refused', await browser.post('/oauth/token', { grant_type: 'password' })],
    ['userinfo refused', await browser.get('/userinfo')],
    ['not found', await browser.get('/nothing/here')],
    ['wrong method', await browser.post('/u/connection', {})],
    ['wrong media type', await browser.post('/oauth/token', {}, { 'content-type': 'text/xml' })],
  ]
}

async function documents(): Promise<Found> {
  const login = await signIn(server.url, { scope: 'openid offline_access' })
  const { browser } = login
  const token = await browser.post('/oauth/token', {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    code: parametersOf(login).get('code') ?? '',
    code_verifier: sample.verifier,
    redirect_uri: 'https://app.example/callback',
  })
  const { access_token, refresh_token } = JSON.parse(token.body) as Record<string, string>
  const form = { client_id: sample.clientId, token: refresh_token ?? '' }
  return [
    ['token', token],
    ['userinfo', await browser.get('/userinfo', { authorization: `Bearer ${access_token}` })],
    ['revoke', await browser.post('/oauth/revoke', form)],
    ['discovery', await browser.get('/.well-known/openid-configuration')],
    ['authorization server metadata', await browser.get('/.well-known/oauth-authorization-server')],
    ['jwks', await browser.get('/.well-known/jwks.json')],
    ['app association', await browser.get('/.well-known/assetlinks.json')],
    ['health', await browser.get('/healthz')],
    ['readiness', await browser.get('/readyz')],
  ]
}

const pages = () => [...answers].filter(([, { headers }]) => headers.get('content-type')?.startsWith('text/html'))
const publicDocuments = ['discovery', 'authorization server metadata', 'jwks', 'app association']

test('the walk has seen what it should, without an error on the server', () => {
  const statuses = Object.fromEntries([...answers].map(([name, { status }]) => [name, status]))
  const expected: Record<string, number> = {
    authorize: 302,
    'signed in': 302,
    'redirect with a code': 302,
    'finished already': 409,
  }
  for (const name of [
    'login',
    'consent',
    'confirmation',
    'account chooser',
    'form_post',
    'web_message',
    'logged out',
    'token',
    'userinfo',
    'revoke',
    'jwks',
  ])
    expected[name] = 200
  for (const [name, status] of Object.entries(expected)) assert.equal(statuses[name], status, name)
  assert.equal(pages().length, 16)
  assert.deepEqual(server.errors, [])
})

test('every answer: nosniff, no-referrer, HSTS, a type with charset, no banner (SEC-178, SEC-180, SEC-320, SEC-324)', () => {
  for (const [name, { headers, body }] of answers) {
    assert.equal(headers.get('x-content-type-options'), 'nosniff', name)
    assert.equal(headers.get('referrer-policy'), 'no-referrer', name)
    assert.match(headers.get('strict-transport-security') ?? '', /^max-age=31536000; includeSubDomains/, name)
    if (body)
      assert.match(
        headers.get('content-type') ?? '',
        /^(text\/(html|plain); charset=utf-8|application\/json(; charset=utf-8)?)$/,
        name,
      )
    for (const banner of ['server', 'x-powered-by', 'via', 'x-aspnet-version'])
      assert.equal(headers.has(banner), false, name)
  }
})

test('no-store on all but public documents, and these set no cookie (SEC-321)', () => {
  for (const [name, { headers }] of answers) {
    const cacheControl = headers.get('cache-control') ?? ''
    if (publicDocuments.includes(name)) {
      assert.match(cacheControl, /max-age=\d+/, name)
      assert.deepEqual(headers.getSetCookie(), [], name)
    } else assert.match(cacheControl, /\bno-store\b/, name)
  }
})

test('every page: a Content-Security-Policy that allows nothing but the page itself (SEC-170)', () => {
  const unbound: string[] = []
  for (const [name, { headers }] of pages()) {
    const policy = headers.get('content-security-policy') ?? assert.fail(`${name} has no policy`)
    for (const closed of ["default-src 'none'", "object-src 'none'", "base-uri 'none'"])
      assert.ok(policy.includes(closed), name)
    assert.doesNotMatch(policy, /unsafe-|\*|strict-dynamic/, name)
    const scripts = /script-src ([^;]+)/.exec(policy)?.[1]?.split(' ') ?? []
    for (const source of scripts) assert.match(source, /^'(none|sha256-[\w+/]+=*)'$/, name)
    const targets = /form-action ([^;]+)/.exec(policy)?.[1]
    // Undefined: the form ends on the web, and an address there may redirect anywhere (SEC-171).
    unbound.push(...(targets === undefined ? [name] : []))
    assert.match(targets ?? "'self'", /^('none'|'self'( com\.myclientapp:)?)$/, name)
  }
  assert.deepEqual(unbound.toSorted(), ['account chooser', 'consent', 'form_post', 'login', 'login, wrong password'])
})

test('every page: its inline scripts are those of its policy; no handlers, no styles in attributes, no foreign address', () => {
  for (const [name, { headers, body }] of pages()) {
    const policy = headers.get('content-security-policy') ?? ''
    for (const [, attributes = '', source = ''] of body.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
      assert.doesNotMatch(attributes, /src=/, name)
      assert.ok(policy.includes(`'sha256-${createHash('sha256').update(source).digest('base64')}'`), name)
    }
    assert.doesNotMatch(body, /<[^>]+\s(on\w+|style)=/i, name)
    assert.doesNotMatch(
      body,
      /<(img|link|script|iframe|source|video|object|embed)\b[^>]*(src|href)="(?!data:|\/[^/])/i,
      name,
    )
  }
})

test('no page can be framed or opened by others but the answer to its own app (SEC-169, SEC-180)', () => {
  for (const [name, { headers }] of pages()) {
    const policy = headers.get('content-security-policy') ?? ''
    if (name === 'web_message') {
      assert.match(policy, /frame-ancestors https:\/\/app\.example(;|$)/)
      assert.equal(headers.has('x-frame-options'), false)
      continue
    }
    assert.match(policy, /frame-ancestors 'none'/, name)
    assert.equal(headers.get('x-frame-options'), 'DENY', name)
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', name)
  }
})

test('no page holds a code, a token or a password but the two that deliver an answer (SEC-179, SEC-185)', () => {
  const code = parametersOf(answers.get('redirect with a code') ?? assert.fail()).get('code') ?? ''
  assert.ok(code.length > 20)
  for (const [name, { body }] of pages()) {
    assert.equal(body.includes(sample.password) || body.includes(code), false, name)
    if (!['form_post', 'web_message'].includes(name)) assert.doesNotMatch(body, /eyJ[\w-]+\.|name="code"/, name)
  }
})
