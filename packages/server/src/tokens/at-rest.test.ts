import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { sample } from '../../testing/builders.ts'
import { databaseWithClock } from '../../testing/database-clock.ts'
import { dump } from '../../testing/dump.ts'
import { exchange, parametersOf, signIn } from '../../testing/login.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import {
  addClient,
  offlineOpaque,
  refresh,
  refreshed,
  type TokenBody,
  tokensOf,
  userinfo,
  web,
} from '../../testing/tokens.ts'

const KEYWRIGHT_SECRET = 'a secret for these tests, long enough to be one'

interface TestDatabase {
  url: string
  pass(milliseconds: number, server: TestServer): Promise<void> | void
}
const sqlite = async (t: { after(fn: () => Promise<void>): void }): Promise<TestDatabase> => {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-at-rest-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return {
    url: `sqlite:${folder}/keywright.db`,
    pass: (milliseconds, { clock }) => clock.advance(milliseconds),
  }
}
const postgres = async (): Promise<TestDatabase> => {
  const { url, move } = await databaseWithClock()
  return { url, pass: (milliseconds, { storage }) => move(milliseconds, storage) }
}
const databases = { sqlite, postgres }

for (const [name, database] of Object.entries(databases))
  describe(name, () => {
    const start = (url: string, port?: string): Promise<TestServer> =>
      startServer({ environment: { KEYWRIGHT_DATABASE: url, KEYWRIGHT_SECRET, ...(port && { PORT: port }) } })

    test('SEC-068 SEC-114 SEC-125 who steals the database finds no code, token, cookie, secret or key in it', async (t) => {
      const { url } = await database(t)
      const server = await start(url)
      await addClient(server)
      const pending = await signIn(server.url, offlineOpaque)
      const code = parametersOf(pending).get('code') ?? ''
      const one = await tokensOf(server, offlineOpaque, pending.browser)
      const two = await refreshed(server.url, one.refresh_token)
      await server.store.logs.flush()
      const everything = JSON.stringify(await dump(url))
      await server.stop()

      assert.match(everything, /ada@example\.com/, 'it is the right database')
      const secrets = [code, web.secret, sample.password, KEYWRIGHT_SECRET, ...pending.browser.cookies.values()]
      for (const { access_token, refresh_token } of [one, two])
        secrets.push(access_token, ...refresh_token.split('.').slice(3))
      for (const secret of secrets) {
        assert.ok(secret.length > 20)
        assert.ok(!everything.includes(secret))
        assert.ok(!everything.includes(Buffer.from(secret).toString('base64').slice(0, -2)))
      }
      assert.doesNotMatch(everything, /PRIVATE KEY|"(d|dp|dq|qi)":/)
    })

    test('SEC-122 what was rotated, revoked and spent stays so after a restart, and what was alive lives', async (t) => {
      const { url, pass } = await database(t)
      const first = await start(url)
      const port = new URL(first.url).port
      const { browser, ...answer } = await signIn(first.url, offlineOpaque)
      const { body } = await exchange(first.url, answer)
      const [stolen, used] = [await tokensOf(first, offlineOpaque, browser), body as unknown as TokenBody]
      const newest = await refreshed(first.url, stolen.refresh_token)
      const alive = await tokensOf(first, offlineOpaque, browser)
      await first.stop()

      const second = await start(url, port)
      t.after(() => second.stop())
      await pass(6000, second)
      assert.equal((await userinfo(second.url, alive.access_token)).status, 200)
      assert.equal((await refresh(second.url, alive.refresh_token)).status, 200)
      assert.match((await signIn(second.url, { prompt: 'none' }, browser)).location ?? '', /code=/)

      assert.equal((await refresh(second.url, stolen.refresh_token)).body.error, 'invalid_grant')
      assert.equal((await refresh(second.url, newest.refresh_token)).body.error, 'invalid_grant', 'the family is dead')
      assert.equal((await exchange(second.url, answer)).body.error, 'invalid_grant')
      assert.equal((await refresh(second.url, used.refresh_token)).body.error, 'invalid_grant', 'replayed')
    })
  })

test('SEC-114 without the secret the keys of a stolen database sign nothing', async (t) => {
  const { url } = await sqlite(t)
  const server = await startServer({ environment: { KEYWRIGHT_DATABASE: url, KEYWRIGHT_SECRET } })
  const port = new URL(server.url).port
  await server.stop()
  const thief = {
    KEYWRIGHT_DATABASE: url,
    PORT: port,
    KEYWRIGHT_SECRET: 'another secret, which is as long as the first',
  }
  await assert.rejects(startServer({ environment: thief }))
})
