import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { SignJWT } from 'jose'
import { createSealer } from '#crypto/seal.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import { aBrowser } from '../../testing/browser.ts'
import { anApi, sample } from '../../testing/builders.ts'
import { dump } from '../../testing/dump.ts'
import { authorizeUrl, signIn } from '../../testing/login.ts'
import { freshDatabase } from '../../testing/postgres.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { claimsOf, headerOf, offline, offlineOpaque, refreshed, tokensOf, userinfo } from '../../testing/tokens.ts'

const secret = 'a secret for these tests, long enough to be one'

interface Place {
  database: string
  files: () => Promise<string>
  remove: () => Promise<void>
}

const databases: Record<string, () => Promise<Place>> = {
  async SQLite() {
    const folder = await mkdtemp(join(tmpdir(), 'keywright-keys-'))
    /** What is on the disk, the log of recent writes included. */
    const files = async () => {
      const names = await readdir(folder)
      return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('')
    }
    const remove = () => rm(folder, { recursive: true, force: true })
    return { database: `sqlite:${folder}/keywright.db`, files, remove }
  },
  PostgreSQL: async () => ({ database: await freshDatabase(), files: async () => '', remove: async () => {} }),
}

for (const [name, make] of Object.entries(databases))
  describe(name, () => {
    let server: TestServer
    let url: string
    let place: Place
    before(async () => {
      place = await make()
      const environment = { KEYWRIGHT_DATABASE: place.database, KEYWRIGHT_SECRET: secret }
      server = await startServer({ environment })
      url = server.url
    })
    after(async () => {
      assert.deepEqual(server.errors, [])
      await server.stop()
      await place.remove()
    })

    /** `keywright keys …` as a process of its own, beside the running server. */
    const keys = (...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
      new Promise((resolve) => {
        const env = {
          PATH: process.env.PATH,
          PORT: new URL(url).port,
          KEYWRIGHT_DATABASE: server.config.database,
          KEYWRIGHT_SECRET: secret,
        }
        const main = join(import.meta.dirname, '../main.js')
        execFile(process.execPath, [main, 'keys', ...words], { env }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
        })
      })

    const rows = async () => (await dump(server.config.database)).signing_keys as Record<string, string | null>[]
    /** The change feed tells the running server within a second. */
    async function heard(kid: string): Promise<SigningKey[]> {
      assert.ok(kid)
      for (;;) {
        const list = await server.store.signingKeys.list()
        if (list.find((key) => key.kid === kid)?.status === 'current') return list
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const kidOf = (stdout: string, status: string) =>
      new RegExp(`^${status} +([\\w-]{43})`, 'm').exec(stdout)?.[1] ?? ''

    /** What somebody can make who has the database and its secret. */
    async function stolenSigners() {
      const sealer = createSealer(secret)
      return (await rows())
        .filter((row) => row.private_key)
        .map(({ kid, algorithm, private_key: sealed }) => {
          const key = createPrivateKey(sealer.open(sealed ?? '', `signing-key:${server.tenant.id}:${kid}`))
          return (claims: Record<string, unknown>, typ: string) =>
            new SignJWT(claims).setProtectedHeader({ alg: algorithm ?? '', kid: kid ?? '', typ }).sign(key)
        })
    }

    test('SEC-111 SEC-114 after a leak one command leaves no stolen key, current or next, that anybody believes', async () => {
      await server.store.resourceServers.save(anApi({ signingAlg: 'ES256' }))
      const browser = aBrowser(url)
      const old = await tokensOf(server, offline, browser)
      const idOnly = await tokensOf(server, offlineOpaque, browser)
      const thief = await stolenSigners()
      assert.equal(thief.length, 4, 'current and next, of RS256 and ES256')
      const forged = await Promise.all(
        thief.map(async (sign) => ({
          access: await sign(claimsOf(old.access_token), 'JWT'),
          id: await sign(claimsOf(old.id_token), 'JWT'),
        })),
      )
      for (const { access } of forged)
        assert.equal((await userinfo(url, access)).status, 200, 'what they can do before')

      const { code, stdout, stderr } = await keys('replace')
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
      assert.equal(stdout.match(/^revoked /gm)?.length, 4)
      assert.equal(stdout.match(/^(current|next) .* (RS256|ES256)$/gm)?.length, 4)
      await heard(kidOf(stdout, 'current'))

      const jwks = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
      assert.deepEqual(jwks.keys.map(({ kid }) => kid).sort(), (await liveKids()).sort())
      for (const { access, id } of [...forged, { access: old.access_token, id: old.id_token }]) {
        assert.equal((await userinfo(url, access)).status, 401)
        const leaving = await browser.get(`/oidc/logout?id_token_hint=${id}`)
        assert.deepEqual([leaving.status, leaving.location], [200, undefined], 'it ends no session without asking')
        const hinted = await browser.get(authorizeUrl({ id_token_hint: id, prompt: 'none' }))
        assert.doesNotMatch(hinted.location ?? '', /[?&]code=/)
      }
      for (const { kid } of await rows())
        assert.ok(!stdout.includes(`revoked  ${kid}`) || !(await liveKids()).includes(kid ?? ''))

      // Nobody has to sign in again: sessions, refresh tokens and opaque tokens are not made with these keys.
      assert.equal((await userinfo(url, idOnly.access_token)).status, 200)
      const fresh = await refreshed(url, old.refresh_token)
      assert.equal(headerOf(fresh.access_token).alg, 'ES256')
      assert.equal((await userinfo(url, fresh.access_token)).status, 200)
      assert.match((await signIn(url, { prompt: 'none' }, browser)).location ?? '', /code=/)
    })

    const liveKids = async () =>
      (await server.store.signingKeys.list()).filter((key) => key.status !== 'revoked').map((key) => key.kid)

    test('SEC-111 previous keys, whose private halves may have leaked before, are revoked as well', async () => {
      const { stdout } = await keys('rotate', '--force')
      await heard(kidOf(stdout, 'current'))
      const replaced = await keys('replace')
      assert.match(replaced.stdout, new RegExp(`^revoked  ${kidOf(stdout, 'previous')}$`, 'm'))
      const list = await heard(kidOf(replaced.stdout, 'current'))
      assert.deepEqual([...new Set(list.map((key) => key.status))].sort(), ['current', 'next', 'revoked'])
    })

    test('of several who replace or rotate at once each does so whole, or not at all', async () => {
      const answers = await Promise.all([keys('replace'), keys('replace'), keys('rotate', '--force')])
      assert.ok(answers.some(({ code }) => code === 0))
      for (const { code, stderr } of answers) if (code !== 0) assert.match(stderr, /at this very moment/)
      const live = (await rows()).filter((row) => row.status !== 'revoked')
      for (const status of ['current', 'next'])
        assert.deepEqual(
          live
            .filter((row) => row.status === status)
            .map((row) => row.algorithm)
            .sort(),
          ['ES256', 'RS256'],
        )
    })

    test('SEC-114 a private key is destroyed when it signs no more, in the database and on the disk; its public half stays', async () => {
      for (const command of [['rotate', '--force'], ['replace']]) {
        const before = (await rows()).filter((row) => row.status === 'current' && row.algorithm === 'RS256')
        const sealed = before[0]?.private_key ?? ''
        // In the database a long value is cut into pages: a piece of it is enough.
        const pieces = [200, 800, 1400].map((at) => sealed.slice(at, at + 64))
        assert.ok(name !== 'SQLite' || pieces.some((piece) => piece.length === 64))
        assert.equal((await keys(...command)).code, 0)
        for (const row of await rows())
          assert.equal(row.private_key !== null, row.status === 'current' || row.status === 'next', String(row.status))
        const retired = (await rows()).find((row) => row.kid === before[0]?.kid)
        assert.match(retired?.public_jwk ?? '', /"n":/)
        const disk = await place.files()
        for (const piece of pieces) assert.ok(!disk.includes(piece))
      }
      assert.ok(name !== 'SQLite' || (await place.files()).includes(sample.userId), 'the search works')
    })
  })
