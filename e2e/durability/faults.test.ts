import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readConfig } from '../../packages/server/src/config.ts'
import { systemRandom } from '../../packages/server/src/crypto/random-id.ts'
import { openFoundation, prepareSigningKeys, type RunningServer, serve } from '../../packages/server/src/server.ts'
import { aBrowser, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, postToken, signIn } from '../../packages/server/testing/login.ts'
import { addTenant, freePort } from '../../packages/server/testing/start-server.ts'

/** Calls of the store that may still go well; then one fails, and all after it go well again. */
let left = Infinity
let calls = 0

/** The real thing, in which the call that we choose fails at the worst moment: what it does is done, and nobody hears of it. */
function faulty<Part extends object>(part: Part): Part {
  return new Proxy(part, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value === 'object' && value !== null) return faulty(value)
      if (typeof value !== 'function') return value
      return (...words: unknown[]) => {
        const made: unknown = Reflect.apply(value, target, words)
        if (key === 'storeFor') return faulty(made as object)
        if (!(made instanceof Promise)) return made
        return fails() ? made.then(broken, broken) : made
      }
    },
  })
}
function fails(): boolean {
  calls++
  return left-- === 0
}
const broken = () => {
  throw new Error('a fault that the test has chosen')
}

let url = ''
let server: RunningServer
let browser: TestBrowser
const offline = { scope: 'openid offline_access', audience: sample.audience }

before(async () => {
  const config = readConfig({ KEYWRIGHT_DATABASE: 'sqlite::memory:', PORT: `${await freePort()}` }, process.cwd())
  url = config.url
  const quiet = () => {}
  const logger = { info: quiet, debug: quiet, warn: quiet, error: quiet }
  const world = { now: Date.now, random: systemRandom, logger }
  const foundation = await openFoundation(config, world)
  await addTenant(foundation.storage, url)
  await prepareSigningKeys(foundation)
  const { storage } = foundation
  server = await serve(config, { ...foundation, storage: { ...storage, tenants: faulty(storage.tenants) } }, world)
  browser = aBrowser(url)
  await signIn(url, offline, browser)
})
after(() => server.stop())

type Attempt = () => Promise<{ status: number; gave: string | undefined }>

const tokenFrom = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({
  status,
  gave: body.access_token === undefined ? undefined : JSON.stringify(body),
})
const refreshed = async (token: string) =>
  tokenFrom(await postToken(url, { grant_type: 'refresh_token', client_id: sample.clientId, refresh_token: token }))

/** Each makes what it needs, and returns the one request in which something will fail. */
const requests: Record<string, () => Promise<Attempt>> = {
  'a silent authorization': async () => async () => {
    const answer = await browser.get(authorizeUrl({ ...offline, prompt: 'none' }))
    return { status: answer.status, gave: answer.location && (parametersOf(answer).get('code') ?? undefined) }
  },
  'the exchange of a code': async () => {
    const answer = await signIn(url, offline, browser)
    return async () => tokenFrom(await exchange(url, answer))
  },
  'a refresh': async () => {
    const { body } = await exchange(url, await signIn(url, offline, browser))
    return () => refreshed(String(body.refresh_token))
  },
  'a request for claims': async () => {
    const { body } = await exchange(url, await signIn(url, { scope: 'openid offline_access' }, browser))
    const headers = { authorization: `Bearer ${String(body.access_token)}` }
    return async () => {
      const response = await fetch(`${url}/userinfo`, { headers })
      const text = await response.text()
      return { status: response.status, gave: text.includes('"sub"') ? text : undefined }
    }
  },
}

for (const [name, prepare] of Object.entries(requests))
  test(`SEC-329, SEC-334: whichever call of the store fails in ${name}: an error, and nothing is given away`, async () => {
    const good = await prepare()
    calls = 0
    assert.ok((await good()).gave)
    const total = calls
    assert.ok(total > 0)
    for (let index = 0; index < total; index++) {
      const attempt = await prepare()
      left = index
      const { status, gave } = await attempt()
      left = Infinity
      assert.deepEqual([status, gave], [500, undefined], `call ${index + 1} of ${total}`)
      // What had happened by then has happened once: the same again gives at most one more, and works or is refused.
      const again = await attempt()
      assert.ok(again.status < 500, `${again.status} after call ${index + 1}`)
    }
  })
