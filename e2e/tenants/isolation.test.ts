import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Answer, aBrowser, formOf, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { dump } from '../../packages/server/testing/dump.ts'
import { authorizeUrl, exchange, parametersOf, postToken, signIn } from '../../packages/server/testing/login.ts'
import { freePort } from '../../packages/server/testing/start-server.ts'
import { type KeywrightProcess, startProcess, tenantFile } from '../testing/keywright-process.ts'
import { resolveLocalhostNames } from '../testing/localhost-names.ts'

resolveLocalhostNames()

/** A tenant as the world sees it, and one that has the same ids in it. */
interface Side {
  url: string
  browser: TestBrowser
}

const acmeOnly = 'only-at-acme'

let folder = ''
let server: KeywrightProcess
let sides: [Side, Side]

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-tenants-'))
  const port = `${await freePort()}`
  await writeFile(join(folder, 'first.json'), tenantFile({ name: 'First' }))
  await writeFile(
    join(folder, 'acme.json'),
    tenantFile({ name: 'Acme', domain: `acme.localhost:${port}`, alsoClient: acmeOnly }),
  )
  const settings = {
    PORT: port,
    KEYWRIGHT_DATABASE: 'sqlite:./keywright.db',
    KEYWRIGHT_TENANT_FILE: 'first.json,acme.json',
  }
  server = await startProcess(settings, folder)
  sides = [`http://localhost:${port}`, `http://acme.localhost:${port}`].map((url) => ({
    url,
    browser: aBrowser(url),
  })) as typeof sides
})
after(async () => {
  server.signal('SIGTERM')
  assert.equal(await server.exited, 0)
  await rm(folder, { recursive: true })
})

/** The same in both directions: what is the first tenant's must not work at the second, nor the other way round. */
function bothWays(name: string, prove: (home: Side, abroad: Side) => Promise<void>): void {
  test(`${name}: of the first tenant at the second`, () => prove(sides[0], sides[1]))
  test(`${name}: of the second tenant at the first`, () => prove(sides[1], sides[0]))
}

const offline = { scope: 'openid offline_access', audience: sample.audience }
const opaque = { scope: 'openid offline_access' }
const at = (side: Side, over: Record<string, string> = offline): Promise<Answer> => signIn(side.url, over, side.browser)

async function tokensAt(side: Side, over: Record<string, string> = offline): Promise<Record<string, string>> {
  const { status, body } = await exchange(side.url, await at(side, over))
  assert.equal(status, 200, JSON.stringify(body))
  return body as Record<string, string>
}
const refreshAt = ({ url }: Side, token: string) =>
  postToken(url, { grant_type: 'refresh_token', client_id: sample.clientId, refresh_token: token })
const userinfoAt = async ({ url }: Side, token: string) => {
  const response = await fetch(`${url}/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, body: await response.text() }
}
const jsonAt = async ({ url }: Side, path: string) =>
  (await (await fetch(url + path)).json()) as Record<string, unknown>

test('SEC-073, SEC-255: each tenant names itself, and only itself, in its documents', async () => {
  for (const side of sides) {
    const document = await jsonAt(side, '/.well-known/openid-configuration')
    assert.equal(document.issuer, `${side.url}/`)
    for (const [name, value] of Object.entries(document))
      if (typeof value === 'string' && value.startsWith('http')) assert.ok(value.startsWith(`${side.url}/`), name)
  }
  const [first, second] = await Promise.all(
    sides.map(async (side) => {
      const { keys } = (await jsonAt(side, '/.well-known/jwks.json')) as { keys: { kid: string; n: string }[] }
      return keys.flatMap((key) => [key.kid, key.n])
    }),
  )
  assert.ok(first && second && first.length >= 4 && second.length >= 4)
  assert.deepEqual(
    first.filter((value) => second.includes(value)),
    [],
  )
})

bothWays('SEC-073, SEC-261: a code', async (home, abroad) => {
  const answer = await at(home)
  assert.equal(parametersOf(answer).get('iss'), `${home.url}/`)
  const stolen = await exchange(abroad.url, answer)
  const invented = await exchange(abroad.url, answer, { code: 'x'.repeat(43) })
  assert.deepEqual([stolen.status, stolen.body], [invented.status, invented.body])
  assert.equal(stolen.body.error, 'invalid_grant')
  assert.equal((await exchange(home.url, answer)).status, 200, 'and it has not been spent')
})

bothWays('SEC-073, SEC-123, SEC-261: a refresh token', async (home, abroad) => {
  const tokens = await tokensAt(home)
  const { refresh_token: token = '' } = tokens
  const stolen = await refreshAt(abroad, token)
  const invented = await refreshAt(abroad, 'x')
  assert.deepEqual([stolen.status, stolen.body], [invented.status, invented.body])
  assert.equal(stolen.body.error, 'invalid_grant')
  const body = new URLSearchParams({ client_id: sample.clientId, token })
  assert.equal((await fetch(`${abroad.url}/oauth/revoke`, { method: 'POST', body })).status, 200)
  assert.equal((await refreshAt(home, token)).status, 200, 'neither reuse nor revocation elsewhere have touched it')
})

bothWays('SEC-073, SEC-261: an access token', async (home, abroad) => {
  const secret = (await tokensAt(home, opaque)).access_token ?? ''
  assert.deepEqual(await userinfoAt(abroad, secret), await userinfoAt(abroad, 'x'.repeat(43)))
  const signed = (await tokensAt(home, { ...offline, audience: `${home.url}/userinfo` })).access_token ?? ''
  for (const token of [secret, signed]) {
    assert.equal((await userinfoAt(abroad, token)).status, 401)
    assert.equal((await userinfoAt(home, token)).status, 200)
  }
})

bothWays('SEC-260: cookies and sessions', async (home, abroad) => {
  const answer = await at(home)
  assert.ok(home.browser.cookies.size > 0)
  const smuggler = aBrowser(abroad.url)
  for (const [name, value] of home.browser.cookies) smuggler.cookies.set(name, value)
  const silent = await smuggler.get(authorizeUrl({ prompt: 'none' }))
  assert.equal(parametersOf(silent).get('error'), 'login_required')
  const asked = await smuggler.follow(await smuggler.get(authorizeUrl()))
  assert.ok(asked.body.includes('name="password"'), 'a stranger there')
  assert.ok(parametersOf(answer).get('code'))
  const fresh = aBrowser(home.url)
  const page = await fresh.get(authorizeUrl())
  for (const line of page.headers.getSetCookie()) assert.ok(!/domain=/i.test(line), line)
})

bothWays('SEC-260: a request that waits, and its form', async (home, abroad) => {
  const waiting = async (side: Side) => {
    const browser = aBrowser(side.url)
    return { browser, page: await browser.follow(await browser.get(authorizeUrl())) }
  }
  const here = await waiting(home)
  const there = await waiting(abroad)
  const smuggler = aBrowser(abroad.url)
  for (const [name, value] of here.browser.cookies) smuggler.cookies.set(name, value)
  const { pathname, search } = new URL(here.page.url)
  const shown = await smuggler.get(pathname + search)
  assert.equal(shown.status, 400)
  assert.ok(!shown.body.includes('name="password"'))

  const { csrf = '' } = formOf(here.page.body).hidden
  const { state = '' } = formOf(there.page.body).hidden
  const fields = { state, csrf, username: sample.email, password: sample.password, action: 'default' }
  assert.equal((await there.browser.post('/u/login', fields)).status, 403)
  const foreign = await there.browser.submit(there.page, { username: 'x', password: 'x' })
  assert.equal(foreign.status, 400, 'its own form is read')
  const crossing = { origin: home.url }
  const own = formOf(there.page.body).hidden
  assert.equal(
    (await there.browser.post('/u/login', { ...own, ...fields, csrf: own.csrf ?? '' }, crossing)).status,
    403,
  )
})

bothWays('SEC-073: an ID token as a hint', async (home, abroad) => {
  const { id_token: hint = '' } = await tokensAt(home)
  const logout = await abroad.browser.get(`/oidc/logout?id_token_hint=${hint}`)
  assert.equal(logout.status, 400)
  const hinted = await abroad.browser.get(authorizeUrl({ id_token_hint: hint, prompt: 'none' }))
  assert.ok(parametersOf(hinted).get('error'), `no code for ${hinted.location}`)
  await at(abroad)
  assert.equal((await home.browser.get(`/oidc/logout?id_token_hint=${hint}`)).status, 200)
  const silent = await abroad.browser.get(authorizeUrl({ prompt: 'none' }))
  assert.ok(parametersOf(silent).get('code'), 'a logout here ends nothing there')
})

test('SEC-001, SEC-261: a client of another tenant is as unknown as one that was made up', async () => {
  const [first, acme] = sides
  const known = await aBrowser(acme.url).get(authorizeUrl({ client_id: acmeOnly }))
  assert.equal(known.status, 302)
  const form = { grant_type: 'refresh_token', refresh_token: 'x' }
  const answers = await Promise.all(
    [acmeOnly, 'nobody'].map(async (clientId) => {
      const page = await aBrowser(first.url).get(authorizeUrl({ client_id: clientId }))
      const { status, body } = await postToken(first.url, { ...form, client_id: clientId })
      return { page: page.status, location: page.location, status, body }
    }),
  )
  assert.deepEqual(answers[0], answers[1])
  assert.deepEqual([answers[0]?.page, answers[0]?.location, answers[0]?.status], [400, undefined, 401])
})

bothWays('SEC-260: what a client with the same id is called', async (home, abroad) => {
  const names = new Map([
    [sides[0], 'First with'],
    [sides[1], 'Acme with'],
  ])
  const browser = aBrowser(home.url)
  const { body } = await browser.follow(await browser.get(authorizeUrl()))
  assert.ok(body.includes(names.get(home) ?? '') && !body.includes(names.get(abroad) ?? ''))
})

bothWays('SEC-260: too many wrong passwords', async (home, abroad) => {
  const guesser = aBrowser(home.url)
  let page = await guesser.follow(await guesser.get(authorizeUrl()))
  const guess = { username: `mallory-${new URL(home.url).hostname}@example.com`, password: 'wrong' }
  for (let attempt = 0; attempt < 12 && page.status !== 429; attempt++) page = await guesser.submit(page, guess)
  assert.equal(page.status, 429)
  const other = aBrowser(abroad.url)
  const there = await other.follow(await other.get(authorizeUrl()))
  assert.equal((await other.submit(there, guess)).status, 400, 'wrong there, but not too often')
})

test('SEC-259, SEC-260: each row in the database is one tenant’s, and no digest, id or key is in two', async () => {
  await Promise.all(sides.map((side) => tokensAt(side)))
  const tables = await dump(`sqlite:${join(folder, 'keywright.db')}`)
  const [first, second] = (tables.tenants ?? []).map((row) => row.tenant_id)
  assert.ok(first && second)
  const unpartitioned = Object.keys(tables).filter((table) => tables[table]?.some((row) => !('tenant_id' in row)))
  assert.deepEqual(unpartitioned, ['migrations'])
  for (const table of ['sessions', 'authorization_codes', 'refresh_families', 'signing_keys', 'interactions']) {
    const rows = tables[table] ?? []
    const ours: unknown[] = secretsOf(rows, first)
    const theirs: unknown[] = secretsOf(rows, second)
    assert.ok(ours.length > 0 && theirs.length > 0, table)
    assert.deepEqual(
      ours.filter((value) => theirs.includes(value)),
      [],
      table,
    )
  }
})

/** What names or proves something, in the rows of one tenant. */
function secretsOf(rows: readonly Record<string, unknown>[], owner: unknown): unknown[] {
  const own = rows.filter((row) => row.tenant_id === owner)
  const secret = ([name, value]: [string, unknown]) =>
    /digest|_hash|^sid$|kid|family_id|grant_id/.test(name) && value !== null
  return own.flatMap((row) => Object.entries(row).filter(secret)).map(([, value]) => value)
}

test('SEC-258: a name that no tenant has verified as its own is nobody’s', async () => {
  for (const name of ['other', 'acme.acme', 'acme.'])
    assert.equal((await fetch(`${sides[1].url.replace('acme', name)}/.well-known/openid-configuration`)).status, 404)
})
