import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { routes } from '../../packages/server/src/routes.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { connectRaw, statusesOf, talkRaw } from './raw-connection.ts'

let server: TestServer
let host = ''
before(async () => {
  server = await startServer()
  host = new URL(server.url).host
})
after(() => server.stop())

/** A document that everybody may have: 200 says that a request has been understood. */
const open = '/.well-known/openid-configuration'
const lines = (...parts: string[]) => `${parts.join('\r\n')}\r\n\r\n`
const close = 'Connection: close'

async function answersTo(bytes: string | Buffer): Promise<number[]> {
  const answered = await talkRaw(server.url, bytes)
  assert.ok(!answered.includes('<kw-x'), answered)
  assert.ok(!/^x?server:|x-powered-by|fastify/im.test(answered), answered)
  assert.deepEqual(server.errors, [])
  return statusesOf(answered)
}

for (const [story, target, hosts, expected] of [
  ['one Host that we know', open, () => [`Host: ${host}`], 200],
  ['the same in capitals', open, () => [`Host: ${host.toUpperCase()}`], 200],
  ['no Host', open, () => [], 400],
  ['an empty Host', open, () => ['Host:'], 400],
  ['the same Host twice', open, () => [`Host: ${host}`, `Host: ${host}`], 400],
  ['two Hosts', open, () => [`Host: ${host}`, 'host: evil.example'], 400],
  ['an unknown Host', open, () => ['Host: evil.example'], 404],
  ['an IP address as Host', open, () => [`Host: ${host.replace('localhost', '127.0.0.1')}`], 404],
  ['an IPv6 address as Host', open, () => [`Host: ${host.replace('localhost', '[::1]')}`], 404],
  ['a Host without its port', open, () => ['Host: localhost'], 404],
  ['a Host with another port', open, () => ['Host: localhost:1'], 404],
  ['a Host that ends with a dot', open, () => [`Host: ${host.replace(':', '.:')}`], 404],
  ['a Host with a user name', open, () => [`Host: evil@${host}`], 404],
  ['two Hosts in one header', open, () => [`Host: ${host}, evil.example`], 404],
  ['markup as Host', open, () => [`Host: <kw-x onx=1>`], 404],
  ['a very long Host', open, () => [`Host: ${'a.'.repeat(5000)}`], 404],
  ['an absolute target that contradicts the Host', `http://evil.example${open}`, () => [`Host: ${host}`], [400, 404]],
  [
    'an absolute target with a Host that is not ours',
    `http://localhost${open}`,
    () => ['Host: evil.example'],
    [400, 404],
  ],
  ['an authority as target', 'evil.example:443', () => [`Host: ${host}`], [400, 404]],
  ['an asterisk as target', '*', () => [`Host: ${host}`], [400, 404]],
] as const)
  test(`SEC-255: ${story} gets ${[expected].flat().join(' or ')}`, async () => {
    const [status = 0, ...more] = await answersTo(lines(`GET ${target} HTTP/1.1`, ...hosts(), close))
    const fine: number[] = [expected].flat()
    assert.ok(fine.includes(status), `${status}`)
    assert.deepEqual(more, [])
  })

test('SEC-255: no answer repeats the Host it was asked for', async () => {
  const answered = await talkRaw(server.url, lines('GET / HTTP/1.1', 'Host: evil.example', close))
  assert.ok(!answered.includes('evil.example'), answered)
})

/** What follows the body by one reading of the framing and is part of it by the other. */
const smuggled = () => lines(`GET ${open} HTTP/1.1`, `Host: ${host}`, close)
const post = (...headers: string[]) =>
  lines('POST /oauth/token HTTP/1.1', `Host: ${host}`, 'Content-Type: application/x-www-form-urlencoded', ...headers)

for (const [story, bytes] of [
  ['Content-Length and Transfer-Encoding', () => `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
  ['Transfer-Encoding and Content-Length', () => `${post('Transfer-Encoding: chunked', 'Content-Length: 4')}0\r\n\r\n`],
  ['two Content-Lengths that differ', () => `${post('Content-Length: 0', 'Content-Length: 3')}a=b`],
  ['two Content-Lengths that agree', () => `${post('Content-Length: 3', 'Content-Length: 3')}a=b`],
  ['a list of Content-Lengths', () => `${post('Content-Length: 3, 3')}a=b`],
  ['a negative Content-Length', () => post('Content-Length: -1')],
  ['a signed Content-Length', () => `${post('Content-Length: +3')}a=b`],
  ['a hexadecimal Content-Length', () => `${post('Content-Length: 0x3')}a=b`],
  ['an endless Content-Length', () => post(`Content-Length: ${'9'.repeat(40)}`)],
  ['an empty Content-Length', () => post('Content-Length:')],
  ['Transfer-Encoding twice', () => `${post('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n`],
  ['an unknown Transfer-Encoding', () => `${post('Transfer-Encoding: xchunked')}0\r\n\r\n`],
  ['chunked that is not last', () => `${post('Transfer-Encoding: chunked, gzip')}0\r\n\r\n`],
  ['a chunk without a size', () => `${post('Transfer-Encoding: chunked')}\r\n\r\n`],
  ['a chunk size that is none', () => `${post('Transfer-Encoding: chunked')}zz\r\nab\r\n0\r\n\r\n`],
  ['a negative chunk size', () => `${post('Transfer-Encoding: chunked')}-1\r\nab\r\n0\r\n\r\n`],
  ['an endless chunk size', () => `${post('Transfer-Encoding: chunked')}${'f'.repeat(40)}\r\nab\r\n`],
  ['a chunk longer than its size', () => `${post('Transfer-Encoding: chunked')}1\r\nabc\r\n0\r\n\r\n`],
  [
    'chunk extensions without end',
    () => `${post('Transfer-Encoding: chunked')}1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`,
  ],
  ['a space before the colon', () => `${post('Content-Length : 3')}a=b`],
  ['a folded header', () => `${post('Content-Length:', ' 3')}a=b`],
  ['a header without a colon', () => post('Content-Length 3')],
  ['a NUL in a header', () => post('X: a\0b')],
  ['a bare CR in a header', () => post('X: a\rY: b')],
  ['a tab in the request line', () => `GET\t${open}\tHTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a space in the path', () => lines('GET /a b HTTP/1.1', `Host: ${host}`)],
  ['HTTP/0.9', () => `GET ${open}\r\n\r\n`],
  ['HTTP/1.9', () => lines(`GET ${open} HTTP/1.9`, `Host: ${host}`)],
  ['HTTP/2 in clear', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['TLS', () => Buffer.from('1603010200010001fc0303', 'hex')],
  ['an unknown method', () => lines(`BREW ${open} HTTP/1.1`, `Host: ${host}`)],
  ['a method in small letters', () => lines(`get ${open} HTTP/1.1`, `Host: ${host}`)],
  ['a request line of 40 KiB', () => lines(`GET /${'a'.repeat(40_000)} HTTP/1.1`, `Host: ${host}`)],
  ['headers of 40 KiB', () => lines(`GET ${open} HTTP/1.1`, `Host: ${host}`, `X: ${'a'.repeat(40_000)}`)],
] as const)
  test(`SEC-264: ${story}: refused, closed, and what follows is not answered`, async () => {
    const first = bytes()
    const statuses = await answersTo(typeof first === 'string' ? first + smuggled() : first)
    assert.ok(statuses.length <= 1, `answered ${statuses.join()}`)
    for (const status of statuses) assert.ok(status >= 400 && status < 500, `${status}`)
  })

test('SEC-264: what cannot be read is refused in our own words, which no browser guesses to be a page', async () => {
  const answered = await talkRaw(server.url, 'NONSENSE\r\n\r\n')
  assert.match(answered, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: text\/plain; charset=utf-8\r\n/)
  assert.match(
    answered,
    /\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\nConnection: close\r\n/,
  )
})

test('HTTP/1.0 is answered, once and without chunks', async () => {
  const answered = await talkRaw(server.url, lines(`GET ${open} HTTP/1.0`, `Host: ${host}`))
  assert.deepEqual(statusesOf(answered), [200])
  assert.ok(!/transfer-encoding/i.test(answered))
})

test('requests that come in one go are answered in their order', async () => {
  const get = (path: string, ...headers: string[]) => lines(`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers)
  assert.deepEqual(
    await answersTo(get(open) + get('/nowhere') + get('/healthz') + get('/v2/logout', close)),
    [200, 404, 200, 200],
  )
})

test('SEC-264: nonsense after a good request spoils nothing that came before', async () => {
  const good = lines(`GET ${open} HTTP/1.1`, `Host: ${host}`)
  assert.deepEqual((await answersTo(`${good}NONSENSE\r\n\r\n`)).at(-1), 400)
})

test('an unfinished body is nobody’s request', async () => {
  const connection = await connectRaw(server.url)
  connection.write(`${post('Content-Length: 100')}grant_type=`)
  connection.socket.destroy()
  await connection.untilClosed()
  assert.deepEqual(await answersTo(smuggled()), [200])
})

test('an Upgrade is not granted, and an Expect that we do not know is refused', async () => {
  const get = (...headers: string[]) => lines(`GET ${open} HTTP/1.1`, `Host: ${host}`, ...headers)
  const websocket = get('Upgrade: websocket', 'Connection: Upgrade, close', 'Sec-WebSocket-Key: eA==')
  assert.ok(!(await answersTo(websocket)).includes(101))
  assert.ok(!(await answersTo(get('Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings, close'))).includes(101))
  assert.deepEqual(await answersTo(get('Expect: a miracle', close)), [417])
  const waiting = post('Content-Length: 3', 'Expect: 100-continue', close)
  assert.deepEqual(await answersTo(`${waiting}a=b`), [100, 400])
})

test('SEC-323: every address answers its own methods and no others', async () => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PROPFIND', 'QUERY']
  const allowed = new Map<string, string[]>()
  for (const { path, methods: own, cors } of routes)
    allowed.set(path, [
      ...(allowed.get(path) ?? []),
      ...own,
      ...(own.includes('GET') ? ['HEAD'] : []),
      ...(cors === 'none' ? [] : ['OPTIONS']),
    ])
  for (const [path, own] of allowed)
    for (const method of methods.filter((candidate) => !own.includes(candidate))) {
      const target = path.replace(/:\w+/, 'com.example.app')
      const statuses = await answersTo(
        lines(`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0', close),
      )
      // To CONNECT Node answers nothing: it closes.
      const [status = 0, ...more] = statuses
      const expected = method === 'CONNECT' ? [0] : path.includes(':') ? [404] : [405]
      // What the framework has never heard of is no request.
      if (method === 'QUERY') expected.push(400)
      assert.ok(expected.includes(status) && more.length === 0, `${method} ${path}: ${statuses.join()}`)
    }
})

const strangeSpellings = String.raw`
  //authorize /./authorize /x/../authorize /authorize/ /authorize/. /authorize// /authorize. /authorize;x
  /authorize;jsessionid=1 /authorize%2f /%2fauthorize /authorize%00 /authorize%20 /Authorize /AUTHORIZE /oauth%2ftoken
  /oauth%2Ftoken /oauth\token /oauth//token /u/./login /u/%2e%2e/authorize /.well-known%2fjwks.json /u;/login
  /%2561uthorize /healthz/ /readyz;x /authorize#fragment /../../etc/passwd /%2e%2e/%2e%2e/etc/passwd /%ff /% /%zz`
for (const spelling of [...strangeSpellings.trim().split(/\s+/), '/\x80\xff'])
  test(`SEC-263: ${JSON.stringify(spelling)} is no address of ours`, async () => {
    const bytes = Buffer.from(lines(`GET ${spelling} HTTP/1.1`, `Host: ${host}`, close), 'latin1')
    const [status] = await answersTo(bytes)
    assert.ok(status === 404 || status === 400, `${status}`)
  })

const encoded = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`

/** Every other name for this path that a proxy, a router or a file system might take for the same. */
function otherNamesOf(path: string): string[] {
  const segments = path.split('/').slice(1)
  const names = segments.flatMap((segment, index) => {
    if (segment.startsWith(':')) return []
    const spelt = (other: string) => `/${segments.with(index, other).join('/')}`
    const escapes = Array.from(
      segment,
      (character, at) => segment.slice(0, at) + encoded(character) + segment.slice(at + 1),
    )
    const cases = [segment.toUpperCase(), segment.charAt(0).toUpperCase() + segment.slice(1)]
    const decorated = [
      `${segment}.`,
      `${segment};x`,
      `${segment}%00`,
      `${segment}%20`,
      `${segment}%2e`,
      `./${segment}`,
      `x/../${segment}`,
    ]
    return [...escapes, ...cases, ...decorated, `${segment}/`, `/${segment}`, `%2f${segment}`, `%5c${segment}`].map(
      spelt,
    )
  })
  const parameters = ['..', '.', '%2e%2e', 'a%2fb', 'a%5cb', 'a;x', 'a%00', '', '%61']
  const filled = names.map((name) => name.replace(/:\w+/, 'com.example.app'))
  return path.includes(':') ? [...filled, ...parameters.map((value) => path.replace(/:\w+/, value))] : filled
}

const doors = [...routes, { path: '/healthz', methods: ['GET'] }, { path: '/readyz', methods: ['GET'] }]
for (const { path, methods } of doors)
  test(`SEC-263: ${methods.join()} ${path} is reached by no other name`, async () => {
    const own = new Set(doors.map((door) => door.path))
    const names = otherNamesOf(path).filter((name) => !own.has(name))
    const wanted = path.replace(/:\w+/, 'com.example.app')
    for (const method of methods) {
      // All on one connection, one answer after the other; the address itself shows that they are heard.
      const request = (target: string, ...more: string[]) =>
        lines(`${method} ${target} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 0', ...more)
      const statuses = await answersTo([...names.map((name) => request(name)), request(wanted, close)].join(''))
      assert.equal(statuses.length, names.length + 1, `${method} ${path}: ${statuses.join()}`)
      for (const [index, name] of names.entries()) assert.equal(statuses[index], 404, `${method} ${name}`)
      assert.ok(path.includes(':') || statuses.at(-1) !== 404, `${method} ${path} itself is not reached`)
    }
  })
