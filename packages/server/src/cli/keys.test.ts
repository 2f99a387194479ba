import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { mayRotateFrom } from '#tokens/signing-keys.ts'
import type { TestBrowser } from '../../testing/browser.ts'
import { anApi } from '../../testing/builders.ts'
import { authorizeUrl, parametersOf, signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { headerOf, offline, tokensOf, userinfo } from '../../testing/tokens.ts'

let server: TestServer
let url: string
let folder: string
let browser: TestBrowser
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-keys-'))
  server = await startServer({ environment: { KEYWRIGHT_DATABASE: `sqlite:${folder}/keywright.db` } })
  url = server.url
  browser = (await signIn(url)).browser
})
after(async () => {
  assert.deepEqual(server.errors, [])
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

/** `keywright keys …` as a process of its own, beside the running server. */
function keys(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, PORT: new URL(url).port, KEYWRIGHT_DATABASE: server.config.database }
  const main = join(import.meta.dirname, '../main.js')
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'keys', ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

/** What `rotate` printed. */
async function rotate(...words: string[]): Promise<Record<'previous' | 'current' | 'next', string>> {
  const { code, stdout, stderr } = await keys('rotate', '--force', ...words)
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/)),
  ) as never
}

async function jwks(): Promise<JSONWebKeySet & { kids: string[] }> {
  const set = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as JSONWebKeySet
  return { ...set, kids: set.keys.map((key) => String(key.kid)) }
}

const verifies = async (token: string) =>
  jwtVerify(token, createLocalJWKSet(await jwks()), { currentDate: new Date(server.clock.now()) }).then(
    () => true,
    () => false,
  )

const tokens = () => tokensOf(server, offline, browser)

test('list shows the keys, and nothing secret', async () => {
  const { code, stdout } = await keys('list')
  assert.equal(code, 0)
  assert.match(stdout, /^[\w-]{43} {2}RS256 {2}current {3}since \d{4}-/m)
  assert.match(stdout, /^[\w-]{43} {2}RS256 {2}next {6}since /m)
  assert.doesNotMatch(stdout, /PRIVATE|kw1\./)
})

test('SEC-111 what was next signs, what signed still verifies, and a new next one is published', async () => {
  const [old, { kids: before }] = [await tokens(), await jwks()]
  const rotated = await rotate()
  assert.equal(headerOf(old.id_token).kid, rotated.previous)
  assert.ok(before.includes(rotated.current), 'the new key was published before it signed')
  assert.ok(!before.includes(rotated.next))
  assert.deepEqual(new Set((await jwks()).kids), new Set([...before, rotated.next]))

  const fresh = await tokens()
  for (const token of [fresh.id_token, fresh.access_token]) assert.equal(headerOf(token).kid, rotated.current)
  for (const { id_token, access_token } of [old, fresh]) {
    assert.ok((await verifies(id_token)) && (await verifies(access_token)))
    assert.equal((await userinfo(url, access_token)).status, 200)
    const hinted = await signIn(url, { id_token_hint: id_token, prompt: 'none' }, browser)
    assert.match(hinted.location ?? '', /\?code=/)
  }
})

test('SEC-111 a previous key leaves the JWKS when the longest token it signed has expired, not before', async (t) => {
  t.after(async () => {
    server.clock.advance(-31 * 86_400_000)
    await server.store.resourceServers.save(anApi())
  })
  await server.store.resourceServers.save(anApi({ tokenLifetime: 30 * 86_400 }))
  const { access_token } = await tokens()
  // What is set since says nothing of what was signed before.
  await server.store.resourceServers.save(anApi({ tokenLifetime: 60 }))
  const { previous } = await rotate()
  server.clock.advance(30 * 86_400_000 - 60_000)
  assert.ok((await jwks()).kids.includes(previous))
  assert.ok(await verifies(access_token))
  server.clock.advance(86_400_000)
  assert.ok(!(await jwks()).kids.includes(previous))
})

test('SEC-111 a revoked key leaves at once, and what it signed opens nothing', async () => {
  const old = await tokens()
  const { previous } = await rotate()
  const fresh = await tokens()
  const { code, stdout } = await keys('revoke', previous)
  assert.deepEqual({ code, stdout }, { code: 0, stdout: `revoked  ${previous}\n` })
  assert.ok(!(await jwks()).kids.includes(previous))
  assert.equal((await userinfo(url, old.access_token)).status, 401)
  const asked = await browser.get(`/oidc/logout?id_token_hint=${old.id_token}`)
  assert.deepEqual([asked.status, asked.location], [200, undefined], 'it ends no session without asking')
  assert.ok(parametersOf(await browser.get(authorizeUrl({ prompt: 'none' }))).get('code'))
  assert.equal((await userinfo(url, fresh.access_token)).status, 200)
  const [row] = (await server.store.signingKeys.list()).filter((key) => key.kid === previous)
  assert.equal(row?.privateKey, undefined, 'the private key is gone for good')
})

test('a revoked next key is replaced at once, so that its successor is published before its turn', async () => {
  const next = (await server.store.signingKeys.list()).find((key) => key.status === 'next')
  assert.ok(next)
  assert.equal((await keys('revoke', next.kid)).code, 0)
  const { kids } = await jwks()
  assert.ok(!kids.includes(next.kid))
  const { current } = await rotate()
  assert.ok(kids.includes(current))
})

test('SEC-111 rotating under load fails nobody who looks again for an unknown kid', async () => {
  let known = createLocalJWKSet(await jwks())
  let stop = false
  let verified = 0
  async function work() {
    while (!stop) {
      const { id_token } = await tokens()
      await jwtVerify(id_token, known).catch(async () => {
        known = createLocalJWKSet(await jwks())
        return jwtVerify(id_token, known)
      })
      verified++
    }
  }
  const working = Promise.all([work(), work(), work()])
  await rotate()
  await rotate()
  stop = true
  await working
  assert.ok(verified > 0)
})

test('of two who rotate at the same moment each rotates whole, or not at all', async () => {
  await Promise.all([keys('rotate', '--force'), keys('rotate', '--force')])
  const list = await server.store.signingKeys.list()
  for (const status of ['current', 'next'])
    assert.equal(list.filter((key) => key.status === status && key.algorithm === 'RS256').length, 1, status)
  assert.ok(await verifies((await tokens()).id_token))
})

test('an API’s own algorithm has keys of its own', async (t) => {
  t.after(() => server.store.resourceServers.save(anApi()))
  await server.store.resourceServers.save(anApi({ signingAlg: 'ES256' }))
  const old = await tokens()
  assert.equal(headerOf(old.access_token).alg, 'ES256')
  const { previous, current } = await rotate('--algorithm', 'ES256')
  assert.equal(headerOf(old.access_token).kid, previous)
  const fresh = await tokens()
  assert.equal(headerOf(fresh.access_token).kid, current)
  assert.equal(headerOf(fresh.id_token).alg, 'RS256')
  for (const token of [old.access_token, fresh.access_token, fresh.id_token]) assert.ok(await verifies(token))
})

test('SEC-111 a second rotation waits until every cache of the JWKS has the next key', async () => {
  await rotate()
  const { code, stderr } = await keys('rotate')
  assert.equal(code, 1)
  assert.match(stderr, /Wait for \d+ seconds, or say --force/)
  const { store, tenant } = server
  const { headers } = await fetch(`${url}/.well-known/jwks.json`)
  const ages = [.../(?:max-age|stale-while-revalidate)=(\d+)/g[Symbol.matchAll](headers.get('cache-control') ?? '')]
  const oldest = ages.reduce((sum, [, seconds]) => sum + Number(seconds) * 1000, 0)
  const next = (await store.signingKeys.list()).find((key) => key.status === 'next' && key.algorithm === 'RS256')
  assert.equal(await mayRotateFrom('RS256', { store, tenant, now: Date.now }), (next?.createdAt ?? 0) + oldest)
})

describe('what makes no sense is said in a sentence, and changes nothing', () => {
  const wrong: Record<string, [string[], RegExp]> = {
    'no action': [[], /list, rotate, revoke KID or replace/],
    'an unknown action': [['delete'], /list, rotate, revoke KID or replace/],
    'an unknown key': [['revoke', 'x'], /no key with this id/],
    'an unknown key that looks like an option': [['revoke', `-${'x'.repeat(42)}`], /no key with this id/],
    'no key': [['revoke'], /no key with this id/],
    'an unknown tenant': [['rotate', '--tenant', 'nobody.example'], /There is no tenant "nobody\.example"/],
    'an unknown algorithm': [['rotate', '--algorithm', 'HS256'], /must be one of RS256, PS256, ES256/],
    'an unknown option': [['rotate', '--fast'], /--fast/],
  }
  for (const [what, [words, says]] of Object.entries(wrong))
    test(what, async () => {
      const before = (await jwks()).kids
      const { code, stdout, stderr } = await keys(...words)
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
      assert.match(stderr, says)
      assert.deepEqual((await jwks()).kids, before)
    })

  test('revoking the key that signs', async () => {
    const current = (await server.store.signingKeys.list()).find((key) => key.status === 'current')
    const { code, stderr } = await keys('revoke', current?.kid ?? '')
    assert.equal(code, 1)
    assert.match(stderr, /"keys replace".*Otherwise rotate first/)
  })
})
