import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Answer, aBrowser, formOf, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { dump } from '../../packages/server/testing/dump.ts'
import { authorizeUrl, parametersOf, postToken } from '../../packages/server/testing/login.ts'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { talkRaw } from '../hostile/raw-connection.ts'
import { type KeywrightProcess, startProcess, tenantFile } from '../testing/keywright-process.ts'

const random = (name: string) => `${name}-canary-${randomBytes(18).toString('base64url')}`

/** What nobody may ever find: neither in the database nor in what the server says. */
const secrets = new Map<string, string>()
/** What the database holds while it waits to be sent back, but no log may tell. */
const unlogged = new Map<string, string>()

function secret(name: string, value: unknown = random(name)): string {
  assert.ok(typeof value === 'string' && value.length >= 16, `${name} is ${String(value)}`)
  secrets.set(`${name} ${secrets.size}`, value)
  return value
}
function confidential(name: string): string {
  const value = random(name)
  unlogged.set(name, value)
  return value
}

const password = secret('password')
const clientSecret = secret('client_secret')
const webApp = 'web-app'

let folder = ''
let url = ''
let server: KeywrightProcess | undefined
let browser: TestBrowser

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-canaries-'))
  const port = `${await freePort()}`
  url = `http://localhost:${port}`
  await writeFile(join(folder, 'tenant.json'), withSecrets(tenantFile()))
  const environment = {
    PORT: port,
    KEYWRIGHT_DATABASE: 'sqlite:./keywright.db',
    KEYWRIGHT_TENANT_FILE: 'tenant.json',
    KEYWRIGHT_SECRET: secret('KEYWRIGHT_SECRET', randomBytes(36).toString('base64url')),
    KEYWRIGHT_LOG_LEVEL: 'trace',
  }
  server = await startProcess(environment, folder)
  browser = aBrowser(url)
  await useEverything()
})
after(async () => {
  await server?.kill()
  await rm(folder, { recursive: true })
})

function withSecrets(text: string): string {
  const file = JSON.parse(text) as { clients: object[]; users: object[] }
  const [app] = file.clients
  const secretive = { token_endpoint_auth_method: 'client_secret_basic', client_secret: clientSecret }
  const grants = ['authorization_code', 'refresh_token', 'client_credentials']
  file.clients.push({
    ...app,
    name: 'Web',
    client_id: webApp,
    app_type: 'regular_web',
    grant_types: grants,
    ...secretive,
  })
  file.users = file.users.map((user) => ({ ...user, password }))
  return JSON.stringify(file)
}

/** A code of the web app, by a request whose every value is a canary. */
async function aCode(over: Record<string, string | undefined> = {}): Promise<{ code: string; verifier: string }> {
  const verifier = secret('code_verifier')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const asked = { client_id: webApp, code_challenge: challenge, scope: 'openid offline_access', ...over }
  const state = confidential('state')
  const first = await browser.get(authorizeUrl({ ...asked, state, nonce: confidential('nonce') }))
  let answer = await browser.follow(first)
  if (answer.body.includes('name="password"')) answer = await signInHere(answer)
  while (answer.status === 200 && answer.body.includes('value="accept"'))
    answer = await browser.follow(await browser.submit(answer, {}, 'accept'))
  noteCookies()
  assert.equal(parametersOf(answer).get('state'), state)
  return { code: secret('code', parametersOf(answer).get('code')), verifier }
}

/** First badly, in every way; then well. */
async function signInHere(page: Answer): Promise<Answer> {
  const { hidden } = formOf(page.body)
  secret('csrf', hidden.csrf)
  secret('login state', hidden.state)
  noteCookies()
  await browser.submit(page, { username: sample.email, password: secret('wrong password') })
  await browser.submit(page, { username: secret('password in the wrong field'), password: '' })
  await browser.submit(page, { username: secret('password as a name'), password: secret('password of nobody') })
  await browser.post('/u/login', { ...hidden, csrf: secret('forged csrf'), username: sample.email, password })
  await browser.get(`/u/login?state=${secret('unknown state')}`)
  return browser.follow(await browser.submit(page, { username: sample.email, password }))
}

function noteCookies(): void {
  for (const [name, value] of browser.cookies)
    if (![...secrets.values()].includes(value)) secret(`cookie ${name}`, value)
}

const basic = (id: string, value: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${value}`).toString('base64')}`,
})
const redirect = { redirect_uri: 'https://app.example/callback' }
const redeem = ({ code, verifier }: { code: string; verifier: string }, presented = clientSecret) =>
  postToken(
    url,
    { grant_type: 'authorization_code', code, code_verifier: verifier, ...redirect },
    basic(webApp, presented),
  )
const refresh = (token: unknown) =>
  postToken(url, { grant_type: 'refresh_token', refresh_token: String(token) }, basic(webApp, clientSecret))

function noteTokens(body: Record<string, unknown>): Record<string, unknown> {
  for (const name of ['access_token', 'refresh_token', 'id_token']) {
    const value = body[name]
    if (typeof value !== 'string') continue
    secret(name, value)
    // Of a token with parts, each part that only its holder may know.
    const parts = value.split('.')
    if (parts.length === 3) secret(`signature of the ${name}`, parts[2])
    if (parts.length === 5) secret(`secret of the ${name}`, parts[3])
  }
  return body
}

const userinfo = async (token: unknown) => {
  const response = await fetch(`${url}/userinfo`, { headers: { authorization: `Bearer ${String(token)}` } })
  await response.arrayBuffer()
  return response.status
}

/** Every flow, and every way we know in which it fails. */
async function useEverything(): Promise<void> {
  const spent = await aCode()
  const opaque = noteTokens((await redeem(spent)).body)
  assert.equal(await userinfo(opaque.access_token), 200)
  assert.equal(await userinfo(secret('unknown access token')), 401)
  assert.equal((await redeem(spent)).status, 400)
  assert.equal(await userinfo(opaque.access_token), 401, 'the replay has ended it')

  const kept = noteTokens((await redeem(await aCode({ audience: sample.audience }))).body)
  const next = noteTokens((await refresh(kept.refresh_token)).body)
  noteTokens((await refresh(kept.refresh_token)).body)
  const newest = noteTokens((await refresh(next.refresh_token)).body)
  assert.equal((await refresh(kept.refresh_token)).status, 400, 'reuse')
  assert.equal((await refresh(newest.refresh_token)).status, 400)
  assert.equal((await refresh(`v1.${'a'.repeat(22)}.0.${secret('invented refresh token')}.x`)).status, 400)

  assert.equal((await redeem({ ...(await aCode()), verifier: secret('wrong verifier') })).status, 400)
  assert.equal((await redeem({ code: secret('unknown code'), verifier: secret('a verifier') })).status, 400)
  assert.equal((await redeem(await aCode(), secret('wrong client_secret'))).status, 401)
  const posted = { grant_type: 'client_credentials', audience: sample.audience, client_id: webApp }
  await postToken(url, { ...posted, client_secret: clientSecret })
  await postToken(url, { ...posted, client_secret: secret('wrong posted secret') })
  await browser.get(`/oauth/token?client_secret=${secret('secret in a query')}`)
  await fetch(`${url}/oauth/token?code=${secret('code in a query')}&refresh_token=${secret('token in a query')}`, {
    method: 'POST',
  })
  await fetch(`${url}/userinfo?access_token=${secret('access token in a query')}`)
  await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"code":"${secret('code in broken JSON')}"`,
  })
  const body = new URLSearchParams({ token: secret('token to revoke'), client_id: webApp, client_secret: clientSecret })
  await fetch(`${url}/oauth/revoke`, { method: 'POST', body })

  await browser.get(
    authorizeUrl({ client_id: webApp, redirect_uri: 'https://evil.example', state: confidential('lost state') }),
  )
  await browser.get(authorizeUrl({ client_id: webApp, id_token_hint: secret('id_token_hint') }))
  await browser.get(`/mobile?code=${secret('code on /mobile')}&state=${confidential('state on /mobile')}`)
  await browser.get(`/login/callback?code=${secret('code of a provider')}&state=${secret('state of a provider')}`)
  await browser.get(`/oidc/logout?id_token_hint=${secret('hint at logout')}&state=${confidential('state at logout')}`)
  await browser.get(`/oidc/logout?id_token_hint=${String(kept.id_token)}`)
  await browser.get(`/v2/logout?client_id=${webApp}&returnTo=https://evil.example/`)
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
}

const said = () => server?.output() ?? ''

/** As it is, and as it looks in a URL, in base64 and in base64url. */
function spellings(value: string): string[] {
  const bytes = Buffer.from(value)
  return [value, encodeURIComponent(value), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')]
}

function betrayed(where: string, canaries: ReadonlyMap<string, string>): string[] {
  return [...canaries]
    .filter(([, value]) => spellings(value).some((spelt) => where.includes(spelt)))
    .map(([name]) => name)
}

/** Log lines are written in the background: once those of this request are there, all are. */
async function untilLogged(): Promise<Record<string, unknown>[]> {
  const marker = random('marker')
  await fetch(`${url}/authorize?client_id=nobody`, { headers: { 'user-agent': marker } })
  for (;;) {
    const { log_events: rows = [] } = await dump(`sqlite:${join(folder, 'keywright.db')}`)
    if (rows.some((row) => JSON.stringify(row).includes(marker))) return rows
    await fetch(`${url}/healthz`)
  }
}

test('SEC-008, SEC-303: no log of the tenant has a secret, and no state or nonce either', async () => {
  const rows = await untilLogged()
  assert.ok(rows.length >= 15, `${rows.length} lines: the flows have left their traces`)
  const text = JSON.stringify(rows)
  assert.deepEqual(betrayed(text, secrets), [])
  assert.deepEqual(betrayed(text, unlogged), [])
})

test('SEC-068, SEC-114, SEC-125: no file of the database has a secret, not even in pages that were freed', async () => {
  await untilLogged()
  const files = (await readdir(folder)).filter((name) => name.startsWith('keywright.db'))
  assert.ok(files.includes('keywright.db'))
  let everything = ''
  for (const name of files) everything += await readFile(join(folder, name), 'latin1')
  assert.ok(everything.includes(sample.email), 'this is where things are written')
  assert.deepEqual(betrayed(everything, secrets), [])
  assert.doesNotMatch(everything, /PRIVATE KEY|"d":"[\w-]{40,}"/, 'no private key in clear')
})

test('SEC-303: what the server says at its most talkative has no secret', async () => {
  await untilLogged()
  assert.ok(said().includes('Keywright listens at'))
  assert.deepEqual(betrayed(said(), secrets), [])
  assert.deepEqual(betrayed(said(), unlogged), [])
})

test('SEC-304: newlines and terminal escapes are refused in headers, and stay inside one record elsewhere', async () => {
  const lines = ['GET /authorize?client_id=nobody HTTP/1.1', `Host: ${new URL(url).host}`, 'Connection: close']
  const refused = await talkRaw(url, `${lines.join('\r\n')}\r\nUser-Agent: \x1b[31mforged-header\r\n\r\n`)
  assert.match(refused, /^HTTP\/1\.1 400 /)
  await fetch(`${url}/authorize?client_id=forged-value%0d%0a%7B%22level%22:60%7D%1b%5b31m%00%c2%9b31m%e2%80%ae`)
  const rows = await untilLogged()
  const naming = (words: string) => rows.filter((row) => JSON.stringify(row).includes(words))
  assert.deepEqual([naming('forged-header').length, naming('forged-value').length], [0, 1])
  for (const value of Object.values(naming('forged-value')[0] ?? {})) assert.doesNotMatch(String(value), /[\x00-\x1f]/)
  assert.doesNotMatch(said(), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/)
})
