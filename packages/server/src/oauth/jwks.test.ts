import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { aClient, anApi, sample } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { headerOf, offline, tokensOf } from '../../testing/tokens.ts'

let server: TestServer
let address: string
before(async () => {
  server = await startServer()
  address = `${server.url}/.well-known/jwks.json`
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const keys = async () => ((await (await fetch(address)).json()) as { keys: Record<string, unknown>[] }).keys

test('SEC-112 public members only, with kid, use, x5c and x5t', async () => {
  await server.store.resourceServers.save(anApi({ signingAlg: 'ES256' }))
  await tokensOf(server, offline)
  const found = await keys()
  assert.equal(found.length, 4, 'current and next, of RS256 and ES256')
  assert.equal(new Set(found.map((key) => key.kid)).size, 4)
  const common = ['alg', 'kid', 'kty', 'use', 'x5c', 'x5t']
  for (const key of found) {
    const own = key.kty === 'RSA' ? ['e', 'n'] : ['crv', 'x', 'y']
    assert.deepEqual(Object.keys(key).sort(), [...common, ...own].sort())
    assert.equal(key.use, 'sig')
    const [der = ''] = key.x5c as string[]
    assert.match(der, /^[A-Za-z0-9+/]+={0,2}$/)
    const certificate = new X509Certificate(Buffer.from(der, 'base64'))
    assert.equal(key.x5t, createHash('sha1').update(certificate.raw).digest('base64url'))
    const { kty, n, x } = certificate.publicKey.export({ format: 'jwk' })
    assert.deepEqual({ kty, n, x }, { kty: key.kty, n: key.n, x: key.x })
  }
})

test('SEC-112 an ETag, a bounded age, and 304 for whoever has it already', async () => {
  const response = await fetch(address)
  const etag = response.headers.get('etag') ?? ''
  assert.match(etag, /^"[\w-]+"$/)
  assert.equal(
    response.headers.get('cache-control'),
    'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400',
  )
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await fetch(address, { headers: { 'if-none-match': known } })
    assert.equal(again.status, 304)
    assert.equal(again.headers.get('etag'), etag)
    assert.equal(await again.text(), '')
  }
  assert.equal((await fetch(address, { headers: { 'if-none-match': '"other"' } })).status, 200)
})

for (const alg of ['RS256', 'PS256', 'ES256'] as const)
  test(`tokens signed with ${alg} verify with it, by any library (SEC-096, SEC-097)`, async () => {
    await server.store.clients.save(aClient({ jwtConfiguration: { lifetimeInSeconds: 60, alg } }))
    await server.store.resourceServers.save(anApi({ signingAlg: alg }))
    const tokens = await tokensOf(server, offline)
    const set = createRemoteJWKSet(new URL(address))
    const issuer = `${server.url}/`
    for (const [token, audience] of [
      [tokens.id_token, sample.clientId],
      [tokens.access_token, sample.audience],
    ] as const) {
      assert.equal(headerOf(token).alg, alg)
      await jwtVerify(token, set, { issuer, audience, algorithms: [alg] })
    }
  })
