// A provider takes its time. Strangers come back from it with codes that they made up, each of which makes us ask it.
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createOutgoing } from '../../packages/server/src/http/outgoing.ts'
import type { TestBrowser } from '../../packages/server/testing/browser.ts'
import { arrived, aVisitor, aWorld, corporate, failures, leave, tampered, visit } from './round-trip.ts'

/** So patient that no deadline helps. */
const patient = createOutgoing({ allowPrivateNetworks: true, totalTimeout: 600_000 })

/** A token endpoint before that of the provider: it keeps who asks for a made-up code waiting, until it is told to let go. */
async function startSlowEndpoint(t: TestContext, provider: string) {
  const kept: ServerResponse[] = []
  let changed = () => {}
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      if (body.includes('made-up')) {
        kept.push(response)
        return changed()
      }
      const { authorization = '', 'content-type': type = '' } = request.headers
      fetch(`${provider}/token`, { method: 'POST', headers: { authorization, 'content-type': type }, body })
        .then(async (answer) => {
          response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
        })
        .catch(() => response.destroy())
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    kept,
    /** Resolves once `count` of the answers are either kept waiting there or have come. */
    async settled(answers: Promise<unknown>[]) {
      let come = 0
      await new Promise<void>((resolve) => {
        changed = () => kept.length + come >= answers.length && resolve()
        const count = () => {
          come++
          changed()
        }
        for (const answer of answers) answer.then(count, count)
        changed()
      })
    },
    letGo() {
      for (const response of kept) response.writeHead(400, { 'content-type': 'application/json' }).end('{}')
    },
  }
}

/** A browser at an address of its own: the proxy in front says so. */
function from(browser: TestBrowser, ip: string): TestBrowser {
  const headers = { 'x-forwarded-for': ip }
  return { ...browser, get: (url, more) => browser.get(url, { ...headers, ...more }) }
}

test('SEC-296: 34 made-up codes of one stranger keep nobody else from signing in, also when metadata must be fetched anew', async (t) => {
  const world = await aWorld(t, { fetch: patient, environment: { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' } })
  const { server, provider } = world
  const slow = await startSlowEndpoint(t, provider.issuer)
  const connection = corporate(provider.issuer)
  const options = { ...connection.options, token_endpoint: slow.url }
  await server.store.connections.save({ ...connection, options })

  const answers = Array.from({ length: 34 }, async () => {
    const stranger = { ...aVisitor(world), ours: from(aVisitor(world).ours, '192.0.2.1') }
    const state = new URL(await leave(stranger)).searchParams.get('state')
    return stranger.ours.get(`/login/callback/corporate?code=made-up&state=${state}`)
  })
  await slow.settled(answers)
  assert.equal(slow.kept.length, 8)

  for (const ahead of [0, 600_001]) {
    server.clock.advance(ahead)
    const visitor = { ...aVisitor(world), ours: from(aVisitor(world).ours, '198.51.100.1') }
    const left = await leave(visitor)
    assert.ok(left.startsWith(provider.issuer), left)
    const back = await visit(visitor, left)
    // The provider's clock stays where it is, so what it signs would be old: only the way to it counts the second time.
    if (ahead === 0) assert.ok(arrived(await visitor.ours.get(back)).has('code'))
    else
      assert.equal(
        arrived(await visitor.ours.get(tampered(back, { code: 'x' }))).get('error'),
        'temporarily_unavailable',
      )
  }
  assert.match((await failures(world))[0] ?? '', /token: answered 400/, 'its token endpoint has answered')

  slow.letGo()
  for (const answer of await Promise.all(answers)) assert.equal(arrived(answer).get('error'), 'temporarily_unavailable')
  assert.match((await failures(world)).join('\n'), /too many calls for this caller/)
})
