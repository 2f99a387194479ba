import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { connectRaw, type RawConnection, statusesOf, talkRaw } from './raw-connection.ts'

// Patience is a setting of the server: a short one shows the same as ten seconds.
let server: TestServer
let host = ''
before(async () => {
  const limits = { headersTimeout: 150, requestTimeout: 300, keepAliveTimeout: 100, checkInterval: 20 }
  server = await startServer({ limits })
  host = new URL(server.url).host
})
after(() => server.stop())

/** Sends a little at a time, for as long as the server listens. */
async function drippingUntilClosed(connection: RawConnection, bytes: string): Promise<string> {
  const drip = setInterval(() => connection.write(bytes), 10)
  try {
    return await connection.untilClosed()
  } finally {
    clearInterval(drip)
  }
}

/** Whoever still sends may lose the answer: the network drops what was received when it is told that nobody listens any more. */
const assertCutOff = (answered: string) => assert.ok(['', '408'].includes(statusesOf(answered).join()), answered)

test('SEC-291: who does not finish the headers is cut off', async () => {
  const answered = await talkRaw(server.url, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `)
  assert.deepEqual(statusesOf(answered), [408])
})

test('SEC-291: who sends headers forever, a little at a time, is cut off as well', async () => {
  const connection = await connectRaw(server.url)
  connection.write('GET /healthz HTTP/1.1\r\n')
  assertCutOff(await drippingUntilClosed(connection, 'X: y\r\n'))
})

test('SEC-291: who does not finish the body is cut off', async () => {
  const head = `POST /oauth/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\n`
  const connection = await connectRaw(server.url)
  connection.write(`${head}Content-Length: 1000\r\n\r\n`)
  assertCutOff(await drippingUntilClosed(connection, 'a'))
})

test('SEC-291: who connects and says nothing is cut off', async () => {
  const connection = await connectRaw(server.url)
  assert.deepEqual(statusesOf(await connection.untilClosed()), [408])
})

test('SEC-291: a connection that nobody uses any more is closed', async () => {
  const answered = await talkRaw(server.url, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  assert.deepEqual(statusesOf(answered), [200])
})

test('SEC-291: meanwhile everybody else is served', async () => {
  const slow = await Promise.all(Array.from({ length: 50 }, () => connectRaw(server.url)))
  for (const connection of slow) connection.write('GET / HTTP/1.1\r\n')
  const response = await fetch(`${server.url}/.well-known/jwks.json`)
  assert.equal(response.status, 200)
  await response.arrayBuffer()
  for (const connection of slow) assert.deepEqual(statusesOf(await connection.untilClosed()), [408])
  assert.deepEqual(server.errors, [])
})

test('SEC-291: nor does it stop the server from stopping', async () => {
  const other = await startServer({ limits: { headersTimeout: 100, requestTimeout: 100 } })
  const silent = await connectRaw(other.url)
  const slow = await connectRaw(other.url)
  slow.write('GET / HTTP/1.1\r\n')
  await (await fetch(`${other.url}/healthz`)).arrayBuffer()
  await other.stop()
  await Promise.all([silent.untilClosed(), slow.untilClosed()])
})
