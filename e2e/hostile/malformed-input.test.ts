import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { defaultLimits } from '../../packages/server/src/http/limits.ts'
import { parameterNames } from '../../packages/server/src/oauth/authorize/parse-request.ts'
import { routes } from '../../packages/server/src/routes.ts'
import { formOf } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, exchange, signIn } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { aWebApp, seedWith } from '../testing/apps.ts'
import { hostileBodies, hostileHeaders, hostileJson, hostileNames, hostileValues } from './malice.ts'
import { aSender, type Got, inParallel, type Sender, type Sent } from './send.ts'

type Form = Record<string, string>

/** Every parameter of every address; a new address fails the first test below until it is listed. */
const screen = ['state', 'csrf', 'action', 'username', 'password', 'connection', 'ui_locales']
const none = ['anything']
const parameters: Record<string, readonly string[]> = {
  '/authorize': parameterNames,
  '/oauth/token':
    'grant_type client_id client_secret code code_verifier redirect_uri refresh_token scope audience'.split(' '),
  '/oauth/revoke': ['client_id', 'client_secret', 'token', 'token_type_hint'],
  '/userinfo': ['access_token'],
  '/v2/logout': ['client_id', 'returnTo', 'federated'],
  '/oidc/logout': 'id_token_hint post_logout_redirect_uri client_id logout_hint state ui_locales csrf action'.split(
    ' ',
  ),
  '/u/login': screen,
  '/u/consent': screen,
  '/u/confirm': screen,
  '/u/account': screen,
  '/u/connection': screen,
  '/login/callback': ['state', 'code', 'error', 'error_description', 'iss', 'response'],
  '/login/callback/:connection': ['state', 'code', 'error', 'error_description', 'iss', 'response'],
  '/mobile': ['code', 'state', 'error'],
  '/ios/:bundle/callback': ['code', 'error'],
  '/macos/:bundle/callback': ['code', 'error'],
  '/android/:package/callback': ['code', 'error'],
  '/.well-known/jwks.json': none,
  '/.well-known/openid-configuration': none,
  '/.well-known/oauth-authorization-server': none,
  '/.well-known/apple-app-site-association': none,
  '/apple-app-site-association': none,
  '/.well-known/assetlinks.json': none,
  '/avatars/:picture': none,
  '/u/again': ['state'],
  '/': none,
}

let server: TestServer
let sender: Sender
/** Cookies of somebody who is signed in and has a request waiting: so the screens are reached, not only their doors. */
let cookie = ''
/** For each address, good requests that are then spoilt one parameter at a time. */
let good: Record<string, readonly Form[]> = {}

before(async () => {
  server = await startServer({ seed: seedWith(aWebApp(), { clientId: 'third-party', isFirstParty: false }) })
  sender = aSender(server.url)
  const { browser, ...answer } = await signIn(server.url, { scope: 'openid offline_access', audience: sample.audience })
  const { body: tokens } = await exchange(server.url, answer)
  const waiting = await browser.get(authorizeUrl({ client_id: 'third-party', prompt: 'login' }))
  const page = await browser.follow(waiting)
  const { hidden } = formOf(page.body)
  cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const authorization = Object.fromEntries(new URL(authorizeUrl(), server.url).searchParams)
  const credentials = { client_id: sample.clientId }
  const form: Form = { ...hidden, username: sample.email, password: 'wrong', action: 'default' }
  good = {
    '/authorize': [authorization, { ...authorization, prompt: 'none', response_mode: 'web_message' }],
    '/oauth/token': [
      {
        grant_type: 'authorization_code',
        ...credentials,
        code: 'x'.repeat(43),
        code_verifier: sample.verifier,
        redirect_uri: 'https://app.example/callback',
      },
      { grant_type: 'refresh_token', ...credentials, refresh_token: String(tokens.refresh_token) },
      { grant_type: 'client_credentials', ...credentials, audience: sample.audience, client_secret: 'x' },
    ],
    '/oauth/revoke': [{ ...credentials, token: 'v1.x' }],
    '/v2/logout': [{ ...credentials, returnTo: 'https://app.example/bye' }],
    '/oidc/logout': [{ id_token_hint: String(tokens.id_token), state: 'x', action: 'accept' }],
    '/u/login': [form],
    '/u/consent': [form],
    '/u/confirm': [form],
    '/u/account': [form],
    '/u/connection': [form],
  }
})
after(async () => {
  sender.close()
  await server.stop()
})

const encodeForm = (form: Form): string => new URLSearchParams(form).toString()
const pathFor = (path: string, parameter = 'com.example.app') => path.replace(/:\w+/, parameter)
const withQuery = (path: string, query: string) => (query ? `${path}?${query}` : path)

/** The same parameters by this method: in the query of a GET, in the form of a POST. */
function carrying(method: string, path: string, encoded: string): Sent {
  if (method === 'GET') return { method, path: withQuery(pathFor(path), encoded), headers: { cookie } }
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
  return { method, path: pathFor(path), headers, body: encoded }
}

/** One parameter of a good request missing, empty, doubled, misnamed, or with each hostile value. */
function spoilt(method: string, path: string, name: string, form: Form): Sent[] {
  const { [name]: value = 'x', ...rest } = form
  const others = encodeForm(rest)
  const encoded = encodeURIComponent(value)
  const ways = [
    '',
    name,
    `${name}=${encoded}&${name}=${encoded}`,
    `${name}=${encoded}&${name}=other`,
    ...hostileValues.map((hostile) => `${name}=${hostile}`),
    ...hostileNames(name).map((misnamed) => `${misnamed}=${encoded}`),
  ]
  const sent = ways.map((way) => carrying(method, path, [others, way].filter(Boolean).join('&')))
  if (method === 'GET') return sent
  const inBoth = carrying(method, path, encodeForm(form))
  const json = hostileJson.map((hostile) => {
    const members = Object.entries(rest).map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`)
    const body = `{${[...members, `${JSON.stringify(name)}:${hostile}`].join()}}`
    return { ...inBoth, headers: { cookie, 'content-type': 'application/json' }, body }
  })
  return [...sent, { ...inBoth, path: withQuery(inBoth.path, `${name}=${encoded}`) }, ...json]
}

/** What is wrong with an answer, if anything is. */
function problemOf({ status, headers, body }: Got): string | undefined {
  if (status >= 500) return `${status}: ${body.slice(0, 200)}`
  if (status < 200) return `strange status ${status}`
  for (const [name, value] of Object.entries(headers))
    if (/<kw-x|^kw-x=/.test(String(value))) return `the canary sings in the header ${name}: ${String(value)}`
  const type = headers['content-type'] ?? ''
  const html = /html|xml|svg/.test(type)
  if (html && /<kw-x|onx=1>|" onx="/.test(body)) return `the canary sings on the page: ${excerpt(body)}`
  if (body && !type) return 'a body without a type'
  if (body && headers['x-content-type-options'] !== 'nosniff') return 'a body whose type browsers may guess'
  return undefined
}

const isTooLarge = ({ path, headers, body }: Sent) =>
  (body?.length ?? 0) > defaultLimits.bodyBytes ||
  path.length + JSON.stringify(headers ?? {}).length > defaultLimits.headerBytes

const excerpt = (body: string) => {
  const at = body.search(/<kw-x|onx=1>|" onx="/)
  return body.slice(Math.max(0, at - 80), at + 80)
}

async function survives(requests: readonly Sent[]): Promise<void> {
  const problems: string[] = []
  await inParallel(requests, async (sent) => {
    const problem = await sender.send(sent).then(problemOf, (error: Error & { code?: string }) => {
      // What is too large is refused while it is still being sent, and the connection with it.
      const refused = error.code === 'ECONNRESET' || error.code === 'EPIPE'
      return refused && isTooLarge(sent) ? undefined : `no answer: ${error.message}`
    })
    if (problem) problems.push(`${problem}\n  to ${JSON.stringify(sent).slice(0, 600)}`)
  })
  assert.deepEqual(problems.slice(0, 5), [])
  assert.deepEqual(server.errors, [], 'the server logs no error')
}

test('every address is attacked below', () => {
  assert.deepEqual(
    routes.map(({ path }) => path).filter((path) => !parameters[path]),
    [],
  )
})

for (const { path, methods } of routes)
  for (const method of methods) {
    const names = parameters[path] ?? none
    test(`SEC-005, SEC-006, SEC-007: ${method} ${path}, each of its ${names.length} parameters malformed in every way`, () =>
      survives(names.flatMap((name) => (good[path] ?? [{}]).flatMap((form) => spoilt(method, path, name, form)))))

    test(`SEC-290, SEC-295: ${method} ${path} with malformed headers, cookies and bodies`, () => {
      const [form = {}] = good[path] ?? []
      const plain = carrying(method, path, encodeForm(form))
      const sent: Sent[] = hostileHeaders.map((headers) => ({ ...plain, headers: { ...plain.headers, ...headers } }))
      // A GET with a body is strange, but possible.
      for (const { type, body, headers } of hostileBodies)
        sent.push({
          ...plain,
          headers: { cookie, ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
          body,
        })
      return survives(sent)
    })
  }

test('SEC-263: malformed values in the path', () =>
  survives(
    ['/ios/:bundle/callback', '/android/:package/callback'].flatMap((path) =>
      hostileValues.map((value) => ({ method: 'GET', path: pathFor(path, value) })),
    ),
  ))

test('SEC-295: any mixture of all that; the seed of a failure is printed', async () => {
  const value = fc.oneof(
    fc.constantFrom(...hostileValues.filter((hostile) => hostile.length < 6000)),
    fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex').replace(/../g, '%$&')),
  )
  const target = fc.constantFrom(...routes.flatMap(({ path, methods }) => methods.map((method) => ({ path, method }))))
  const request = target.chain(({ path, method }) => {
    const name = fc.constantFrom(...(parameters[path] ?? none))
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 })
    return fc
      .tuple(pairs, fc.constantFrom(...(good[path] ?? [{}])), fc.constantFrom({}, ...hostileHeaders))
      .map(([spoils, form, headers]): Sent => {
        const names = new Set(spoils.map(([spoiltName]) => spoiltName))
        const rest = Object.fromEntries(Object.entries(form).filter(([key]) => !names.has(key)))
        const query = [encodeForm(rest), ...spoils.map(([key, spoil]) => `${key}=${spoil}`)].filter(Boolean).join('&')
        const sent = carrying(method, path, query)
        return { ...sent, headers: { ...sent.headers, ...headers } }
      })
  })
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 6, maxLength: 12 }), (requests) => survives(requests)),
    { numRuns: 150 },
  )
})
