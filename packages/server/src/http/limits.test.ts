import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { authorizeParameters, parameterNames, requireWellFormed } from '#oauth/authorize/parse-request.ts'
import { noParameters } from '#parameters.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { defaultLimits } from './limits.ts'
import { defaultQuotas } from './rate-limit.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => server.stop())

/** By Node's own client, which sends what it is told; with `host` and `connection` there are two headers already. */
function statusOf(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(server.url + path, { headers, agent: false }, (incoming) => {
      incoming.resume()
      resolve(incoming.statusCode)
    })
    outgoing.on('error', reject).end()
  })
}
const open = '/.well-known/jwks.json'
const manyHeaders = (count: number) => Object.fromEntries(Array.from({ length: count - 2 }, (_, i) => [`x-${i}`, 'x']))

test('SEC-290: 100 headers are read, and of 101 none is dropped in silence', async () => {
  assert.equal(await statusOf(open, manyHeaders(defaultLimits.headersCount)), 200)
  assert.equal(await statusOf(open, manyHeaders(defaultLimits.headersCount + 1)), 431)
})

test('SEC-290: headers of 32 KiB are read, more are not', async () => {
  assert.equal(await statusOf(open, { 'x-long': 'x'.repeat(defaultLimits.headerBytes - 512) }), 200)
  assert.equal(await statusOf(open, { 'x-long': 'x'.repeat(defaultLimits.headerBytes + 1) }), 431)
  assert.equal(await statusOf(`${open}?${'x'.repeat(defaultLimits.headerBytes - 512)}`, {}), 200)
  assert.equal(await statusOf(`${open}?${'x'.repeat(defaultLimits.headerBytes + 1)}`, {}), 431)
})

test('SEC-290: a body of 64 KiB is read, one byte more is not', async () => {
  const post = async (length: number) => {
    const body = `grant_type=${'x'.repeat(length - 'grant_type='.length)}`
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(`${server.url}/oauth/token`, { method: 'POST', headers, body })
    return [response.status, ((await response.json()) as { error: string }).error]
  }
  assert.deepEqual(await post(defaultLimits.bodyBytes), [400, 'unsupported_grant_type'])
  assert.deepEqual(await post(defaultLimits.bodyBytes + 1), [413, 'invalid_request'])
})

test('SEC-290: 500 characters of a path may be variable', async () => {
  assert.equal(await statusOf(`/ios/${'x'.repeat(500)}/callback`, {}), 200)
  assert.equal(await statusOf(`/ios/${'x'.repeat(501)}/callback`, {}), 400)
})

const longest = (name: keyof typeof authorizeParameters.shape) => authorizeParameters.shape[name].unwrap().maxLength

for (const name of parameterNames)
  test(`SEC-290: ${name} may have ${longest(name)} characters and not one more`, () => {
    const most = longest(name) ?? assert.fail('no limit')
    const judge = (length: number) => requireWellFormed({ [name]: 'x'.repeat(length) }, noParameters, [name])
    judge(most)
    assert.throws(() => judge(most + 1), { code: 'invalid_request' })
  })

test('SEC-290: the page of limits tells all of them as they are', async () => {
  const page = await readFile(new URL('../../../../docs/reference/limits.md', import.meta.url), 'utf8')
  const { headerBytes, bodyBytes, headersCount, headersTimeout, requestTimeout, keepAliveTimeout } = defaultLimits
  const { handshakeTimeout, inactivityTimeout, connectionsPerAddress, handshakesPerAddress } = defaultLimits
  const lines = [
    `| Request line and headers together | ${headerBytes / 1024} KiB |`,
    `| Headers | ${headersCount} |`,
    `| Body | ${bodyBytes / 1024} KiB |`,
    `| All headers must have come | ${headersTimeout / 1000} s `,
    `| The whole request must have come | ${requestTimeout / 1000} s `,
    `| Idle between two requests | ${keepAliveTimeout / 1000} s |`,
    `| A TLS handshake must be done | ${handshakeTimeout / 1000} s `,
    `| Nothing is sent or read, although an answer waits | ${inactivityTimeout / 1000} s |`,
    `| Open at once from one address | ${connectionsPerAddress} |`,
    `| TLS handshakes under way from one address | ${handshakesPerAddress} |`,
    `| A stop (\`SIGTERM\`) waits for requests in flight | ${requestTimeout / 1000} s |`,
    ...parameterNames.map((name) => `| \`${name}\` | ${longest(name)} |`),
  ]
  for (const line of lines) assert.ok(page.includes(`\n${line}`), line)
  for (const [name, { burst, perMinute }] of Object.entries(defaultQuotas)) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    assert.match(page, new RegExp(`^\\| \`${snake}\` \\| .* \\| ${burst} \\| ${perMinute} \\|$`, 'm'))
  }
})
