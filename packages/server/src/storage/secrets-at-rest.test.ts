import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { digest } from '#crypto/digest.ts'
import { createSealer, SealError } from '#crypto/seal.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import { aClient, aConnection, aUser, sample } from '../../testing/builders.ts'
import { dump } from '../../testing/dump.ts'
import { aCode, aFamily, anOpaqueToken, aSession, noon } from '../../testing/issued.ts'
import { onEach, sharedPlaces, sqliteFile } from '../../testing/storages.ts'
import { openStorage } from './open-storage.ts'

onEach(sharedPlaces, (bench) => {
  test('SEC-068, SEC-114, SEC-125: who has the database has no code, token, cookie, secret or key', async () => {
    const tenant = await bench.tenant()
    const store = bench.storage.tenants.storeFor(tenant)
    const canary = () => randomBytes(32).toString('base64url')
    const [secret, upstream, code, refresh, rotated, access, main, silent] = Array.from({ length: 8 }, canary)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const key = {
      kid: 'kid',
      algorithm: 'ES256',
      status: 'current',
      publicJwk: {},
      createdAt: noon,
    } as unknown as SigningKey

    await store.clients.save(aClient(), secret)
    await store.connections.save(aConnection({ options: { client_secret: upstream } }))
    await store.signingKeys.add(key, pem)
    await store.users.create(aUser())
    await store.sessions.open(aSession(), { main: digest(main ?? ''), silent: digest(silent ?? '') })
    const waiting = aCode({ codeDigest: digest(code ?? '') })
    const family = aFamily({ currentDigest: digest(refresh ?? '') })
    await store.codes.create(waiting)
    const issued = { family, accessToken: anOpaqueToken({ tokenDigest: digest(access ?? '') }) }
    await store.codes.redeem(waiting.codeDigest, issued, noon)
    await store.refreshFamilies.rotate(family, { digest: digest(rotated ?? '') }, noon)

    const everything = JSON.stringify(await dump(bench.url)) + filesOf(bench.url)
    const keyLines = pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'))
    for (const clear of [secret, upstream, code, refresh, rotated, access, main, silent, ...keyLines]) {
      assert.ok(clear && !everything.includes(clear))
    }
    assert.ok(everything.includes(digest(rotated ?? '')), 'the search works')

    // SEC-114: a copy of the database without the secret cannot sign, and cannot use what it holds.
    const thief = await openStorage({ url: bench.url, sealer: createSealer(canary()), now: Date.now })
    const stolen = thief.tenants.storeFor(tenant)
    await assert.rejects(stolen.signingKeys.list(), SealError)
    await assert.rejects(stolen.clients.readSecret(sample.clientId), SealError)
    await assert.rejects(stolen.connections.list(), SealError)
    await thief.close()
  })

  test('SEC-299: a new secret opens what the old one sealed', async () => {
    const tenant = await bench.tenant()
    const first = 'the first secret, which is long enough'
    const second = 'the second secret, which is long enough'
    const at = (sealer: ReturnType<typeof createSealer>) => openStorage({ url: bench.url, sealer, now: Date.now })
    const before = await at(createSealer(first))
    await before.tenants.storeFor(tenant).clients.save(aClient(), 'sealed')
    await before.close()
    const after = await at(createSealer(second, [first]))
    assert.equal(await after.tenants.storeFor(tenant).clients.readSecret(sample.clientId), 'sealed')
    await after.close()
  })
})

test('nobody else on the machine can read the database file', async () => {
  const { url, remove } = await sqliteFile.make()
  const storage = await openStorage({ url, sealer: createSealer(sample.verifier), now: Date.now })
  const folder = dirname(url.slice('sqlite:'.length))
  const names = readdirSync(folder)
  assert.ok(names.length > 1)
  for (const name of names) assert.equal(statSync(`${folder}/${name}`).mode & 0o077, 0, name)
  await storage.close()
  await remove()
})

/** What SQLite has on disk, the log of recent writes included. */
function filesOf(url: string): string {
  if (!url.startsWith('sqlite:')) return ''
  const folder = dirname(url.slice('sqlite:'.length))
  return readdirSync(folder)
    .map((name) => readFileSync(`${folder}/${name}`, 'latin1'))
    .join('')
}
