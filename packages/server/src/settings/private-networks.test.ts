import assert from 'node:assert/strict'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { seedSample } from '../../testing/builders.ts'
import { authorizeUrl } from '../../testing/login.ts'
import { upstreamConnection } from '../../testing/scripted-provider.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

/** An identity provider of this machine, so far as it is asked for its discovery document. */
async function aProvider(t: TestContext) {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    const issuer = 'https://id.internal'
    const document = {
      issuer,
      authorization_endpoint: `${issuer}/a`,
      token_endpoint: `${issuer}/t`,
      jwks_uri: `${issuer}/k`,
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return { asked, discovery: `http://127.0.0.1:${port}/.well-known/openid-configuration` }
}

/** A server that is public by its name, whose users come from a provider on this machine. */
async function aPublicServer(t: TestContext, discovery: string, environment: Record<string, string>) {
  const server = await startServer({
    environment: { KEYWRIGHT_URL: 'https://login.example', ...environment },
    async seed(store, tenant, url) {
      await seedSample(store, tenant, url)
      await store.connections.save(upstreamConnection({ issuer: 'https://id.internal', discovery_url: discovery }))
    },
  })
  t.after(() => server.stop())
  return server
}

function locationOf({ config }: TestServer, path: string): Promise<string | undefined> {
  const target = { host: 'localhost', port: config.port, path, headers: { host: 'login.example' } }
  return new Promise((resolve, reject) => {
    get(target, (answer: IncomingMessage) => {
      answer.resume()
      resolve(answer.headers.location)
    }).on('error', reject)
  })
}

test('SEC-247: a public server asks a provider on a private network only if that is listed', async (t) => {
  const { asked, discovery } = await aProvider(t)
  const toProvider = authorizeUrl({ connection: 'idp' })

  const strict = await aPublicServer(t, discovery, {})
  assert.doesNotMatch((await locationOf(strict, toProvider)) ?? '', /^https:\/\/id\.internal/)
  assert.deepEqual(asked, [])

  const listing = await aPublicServer(t, discovery, { KEYWRIGHT_PRIVATE_NETWORKS: '127.0.0.1' })
  assert.match((await locationOf(listing, toProvider)) ?? '', /^https:\/\/id\.internal\/a\?/)
  assert.deepEqual(asked, ['/.well-known/openid-configuration'])
})
