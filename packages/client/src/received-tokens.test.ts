// What a token endpoint answered exists nowhere else: the code is spent, the old refresh token is spent, and using either
// again looks like theft. Whatever goes wrong after the answer came, the next try must go on from what came.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { AuthorizationServer } from '../testing/authorization-server.ts'
import type { Storage } from './environment.ts'
import { KeywrightClient } from './keywright-client.ts'
import type { KeywrightClientOptions } from './login-options.ts'

const server = await AuthorizationServer.start()
after(() => server.stop())
const { browser, misbehave } = server
let now = 0

beforeEach(() => {
  now = Date.now()
  server.now = () => now
  server.requests.length = 0
  for (const name of Object.keys(misbehave)) Reflect.deleteProperty(misbehave, name)
})

/** A storage of which each operation can be made to fail, counted from `failAt = 0`. */
class FragileStorage implements Storage {
  readonly kept: Map<string, string>
  operations = 0
  fails: (operation: number) => boolean = () => false

  constructor(kept = new Map<string, string>()) {
    this.kept = kept
  }

  async #operate<T>(work: () => T): Promise<T> {
    this.operations += 1
    if (this.fails(this.operations)) throw new Error('The keychain is locked.')
    return work()
  }

  get = (key: string) => this.#operate(() => this.kept.get(key))
  set = (key: string, value: string) => this.#operate(() => void this.kept.set(key, value))
  remove = (key: string) => this.#operate(() => void this.kept.delete(key))
}

const aClient = (options: Partial<KeywrightClientOptions> = {}) =>
  new KeywrightClient({
    domain: server.origin,
    clientId: 'abc',
    redirectUri: 'com.myclientapp://myclientapp.com/callback',
    scope: 'openid profile offline_access',
    browser,
    now: () => now,
    ...options,
  })

const loseKeys = () => {
  misbehave.request = (request) => request.url === '/.well-known/jwks.json' && Boolean(request.socket.destroy())
}

test('the keys cannot be fetched after a good refresh: the new refresh token is not lost', async () => {
  const storage = new FragileStorage()
  const { tokens } = await aClient({ storage }).login()
  loseKeys()
  for (const attempt of [1, 2, 3]) {
    await assert.rejects(aClient({ storage }).refresh(), { name: 'NetworkError' }, `attempt ${attempt}`)
  }
  const stored = await aClient({ storage }).tokens()
  assert.notEqual(stored?.refreshToken, tokens.refreshToken)
  assert.equal(stored?.accessToken, tokens.accessToken, 'an answer that was not verified is not used')
  misbehave.request = undefined
  assert.equal((await aClient({ storage }).refresh()).claims?.sub, 'auth0|ada')
})

test('the clock of the device is wrong: it fails until the clock is set, and then goes on', async () => {
  const client = aClient()
  await client.login()
  const right = now
  server.now = () => right
  for (const wrong of [right - 7200_000, right + 86_400_000]) {
    now = wrong
    await assert.rejects(client.refresh(), { name: 'IdTokenError' })
    await assert.rejects(client.refresh(), { name: 'IdTokenError' })
  }
  now = right
  assert.ok((await client.refresh()).accessToken)
})

test('an answer of which all but the refresh token makes no sense', async () => {
  const nonsense = { access_token: 1, expires_in: 'soon', token_type: 'mac', id_token: 5, scope: [] }
  for (const [member, value] of Object.entries({ ...nonsense, id_token: 'a.b.c' })) {
    const client = aClient()
    await client.login()
    misbehave.token = (body) => ({ ...body, [member]: value })
    await assert.rejects(client.refresh(), /ID token|no usable/, member)
    misbehave.token = undefined
    assert.ok((await client.refresh()).accessToken, member)
  }
})

test('whichever operation of the storage fails in a refresh, the next one goes on from what came', async () => {
  const counting = new FragileStorage()
  const steady = aClient({ storage: counting })
  await steady.login()
  const before = counting.operations
  await steady.refresh()
  const operations = counting.operations - before
  assert.ok(operations >= 5)
  for (let failing = 1; failing <= operations; failing += 1) {
    const storage = new FragileStorage()
    const client = aClient({ storage })
    await client.login()
    storage.operations = 0
    storage.fails = (operation) => operation === failing
    const refreshed = await client.refresh().catch((error: Error) => error.message)
    if (typeof refreshed === 'string') assert.equal(refreshed, 'The keychain is locked.')
    assert.ok((await client.refresh()).accessToken, `operation ${failing} failed`)
    assert.ok((await aClient({ storage: new FragileStorage(storage.kept) }).refresh()).accessToken, 'and it was stored')
  }
})

test('a storage that takes nothing for a while: memory holds what came, over several refreshes', async () => {
  const storage = new FragileStorage()
  const client = aClient({ storage })
  await client.login()
  const { set } = storage
  storage.set = () => Promise.reject(new Error('The disk is full.'))
  for (const attempt of [1, 2, 3]) await assert.rejects(client.refresh(), /disk is full/, `attempt ${attempt}`)
  storage.set = set
  assert.ok(await aClient({ storage }).refresh(), 'also another client over this storage')
  assert.ok(await aClient({ storage: new FragileStorage(storage.kept) }).refresh(), 'and now it is stored')
})

test('what memory holds is forgotten by a logout, and gives way to a newer login', async () => {
  const storage = new FragileStorage()
  const client = aClient({ storage })
  const { set } = storage
  for (const ending of ['logout', 'login'] as const) {
    await client.login()
    storage.set = () => Promise.reject(new Error('The disk is full.'))
    await assert.rejects(client.refresh(), /disk is full/)
    const held = (await client.tokens())?.refreshToken
    storage.set = set
    if (ending === 'logout') {
      await client.logout()
      assert.equal(server.requests.at(-1)?.form.token, held, 'the newest is revoked')
      assert.equal(await client.tokens(), undefined)
    } else {
      // Another process, which shares what is stored and nothing else.
      const { tokens } = await aClient({ storage: new FragileStorage(storage.kept) }).login()
      assert.equal((await client.tokens())?.refreshToken, tokens.refreshToken)
      assert.ok(await client.refresh())
    }
  }
})

test('a process that dies after the answer came has stored it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'keywright-client-'))
  const file = join(directory, 'storage.json')
  const storage = new FragileStorage()
  await aClient({ storage }).login()
  await writeFile(file, JSON.stringify(Object.fromEntries(storage.kept)))
  const program = fileURLToPath(new URL('../testing/app-that-refreshes.ts', import.meta.url))
  const app = spawn(process.execPath, [program, server.origin, file], { stdio: 'inherit' })
  try {
    // The request for the keys is the first thing after the answer, and gets none: there the process is killed.
    await new Promise<void>((resolve, reject) => {
      app.once('exit', () => reject(new Error('the app ended by itself')))
      misbehave.request = (request) => {
        if (request.url !== '/.well-known/jwks.json') return false
        resolve()
        return true
      }
    })
    const died = once(app, 'exit')
    app.removeAllListeners('exit').kill('SIGKILL')
    await Promise.race([died, once(app, 'close')])
    misbehave.request = undefined
    const kept = new Map(Object.entries(JSON.parse(await readFile(file, 'utf8')) as Record<string, string>))
    assert.ok((await aClient({ storage: new FragileStorage(kept) }).refresh()).accessToken)
  } finally {
    app.kill('SIGKILL')
    await rm(directory, { recursive: true })
  }
})

test('the keys cannot be fetched after a code was redeemed: the same callback goes on from there', async () => {
  const storage = new FragileStorage()
  const url = await aClient({ storage }).authorizationUrl({ appState: '/page' })
  const callbackUrl = await browser.open(url)
  loseKeys()
  await assert.rejects(aClient({ storage }).handleCallback(callbackUrl), { name: 'NetworkError' })
  await assert.rejects(aClient({ storage }).handleCallback(callbackUrl), { name: 'NetworkError' })
  assert.equal(await aClient({ storage }).tokens(), undefined, 'nobody is signed in before the ID token is verified')
  misbehave.request = undefined
  now += 60_000
  const { user, appState, tokens } = await aClient({ storage }).handleCallback(callbackUrl) // the page was loaded again
  assert.deepEqual([user?.sub, appState, server.count('/oauth/token')], ['auth0|ada', '/page', 1])
  assert.equal(tokens.expiresAt, now - 60_000 + 3600_000, 'counted from when it came')
  assert.ok(await aClient({ storage }).refresh())
  await assert.rejects(aClient({ storage }).handleCallback(callbackUrl), { code: 'state_mismatch' })
  assert.ok([...storage.kept.keys()].every((key) => key.endsWith('.tokens')))
})

test('what came with an ID token that is not to be trusted is not kept', async () => {
  const storage = new FragileStorage()
  const callbackUrl = await browser.open(await aClient({ storage }).authorizationUrl())
  misbehave.idToken = (claims) => ({ ...claims, nonce: 'of another login' })
  await assert.rejects(aClient({ storage }).handleCallback(callbackUrl), { name: 'IdTokenError' })
  assert.deepEqual([...storage.kept.keys()], [])
})

test('whichever operation of the storage fails in a login, the code is not sent twice, and nothing that came is lost', async () => {
  const counting = new FragileStorage()
  const url = await browser.open(await aClient({ storage: counting }).authorizationUrl())
  counting.operations = 0
  await aClient({ storage: counting }).handleCallback(url)
  for (let failing = 1; failing <= counting.operations; failing += 1) {
    const storage = new FragileStorage()
    const client = aClient({ storage })
    const callbackUrl = await browser.open(await client.authorizationUrl())
    server.requests.length = 0
    storage.operations = 0
    storage.fails = (operation) => operation === failing
    const first = await client.handleCallback(callbackUrl).catch((error: Error) => error.message)
    if (typeof first === 'string') assert.equal(first, 'The keychain is locked.')
    const wasRedeemed = server.count('/oauth/token') === 1
    if (typeof first === 'string') await client.handleCallback(callbackUrl).catch(() => {})
    assert.ok(server.count('/oauth/token') <= 1)
    if (wasRedeemed) assert.ok(await client.refresh(), `operation ${failing}`)
  }
})

test('a login that ends in the middle of a refresh is not overwritten, however slow the storage is', async () => {
  const storage: Storage = new FragileStorage()
  storage.lock = (_, work) => work() // as where there are no Web Locks: React Native
  const client = aClient({ storage })
  await client.login()
  const { set } = storage
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  storage.set = async (key, value) => {
    if (key.endsWith('.tokens')) {
      reach()
      await released // between having looked whether its tokens are still the ones, and replacing them
    }
    return set(key, value)
  }
  const refreshing = client.refresh()
  await Promise.race([reached, refreshing])
  const { promise: received, resolve: receive } = Promise.withResolvers<void>()
  storage.set = (key, value) => {
    if (value.includes('"received"')) receive()
    return set(key, value)
  }
  const loggingIn = aClient({ storage }).login({ scope: 'offline_access' }) // no ID token: nothing is left but to store
  await received
  await new Promise((resolve) => setImmediate(resolve)) // without turns, the login has stored its tokens now
  release()
  const { tokens } = await loggingIn
  await refreshing
  assert.equal((await client.tokens())?.refreshToken, tokens.refreshToken)
})

test('processes that share a storage hand in its lock, and refresh one after the other', async () => {
  const kept = new Map<string, string>()
  let last: Promise<unknown> = Promise.resolve()
  const names: string[] = []
  const aProcess = () => {
    const storage: Storage = new FragileStorage(kept)
    storage.lock = (name, work) => {
      names.push(name)
      const mine = last.then(work)
      last = mine.catch(() => {})
      return mine
    }
    return aClient({ storage })
  }
  await aProcess().login()
  const both = await Promise.all([aProcess().refresh(), aProcess().refresh()])
  assert.equal(both[0].accessToken, both[1].accessToken)
  assert.deepEqual([server.count('/oauth/token'), new Set(names).size], [2, 1])
})

test('another process was faster and the server says reuse: its tokens are taken, and nobody is signed out', async () => {
  const storage = new FragileStorage()
  const client = aClient({ storage })
  await client.login()
  misbehave.request = (request, response) => {
    if (request.url !== '/oauth/token') return false
    const [[key, stored] = ['', '']] = storage.kept
    const theirs = { ...(JSON.parse(stored) as object), accessToken: 'theirs', refreshToken: 'theirs' }
    storage.kept.set(key, JSON.stringify(theirs))
    request.resume()
    response.writeHead(403).end(JSON.stringify({ error: 'invalid_grant' }))
    return true
  }
  assert.equal((await client.refresh()).accessToken, 'theirs')
  assert.equal((await client.tokens())?.accessToken, 'theirs')
})
