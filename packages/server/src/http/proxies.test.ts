import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import { aClient } from '../../testing/builders.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { trustProxies } from './proxies.ts'

/** As much of a request as tells who sent it. */
const from = (remoteAddress: string | undefined, headers: IncomingHttpHeaders = {}) =>
  ({ socket: { remoteAddress }, headers }) as IncomingMessage

const proxies = trustProxies(['10.0.0.0/8', '192.0.2.7', 'fd00::/8'])

for (const [story, peer, chain, expected] of [
  ['a stranger is who the socket says', '203.0.113.5', '1.1.1.1', '203.0.113.5'],
  ['a neighbour of a listed address is a stranger', '192.0.2.8', '1.1.1.1', '192.0.2.8'],
  ['a listed proxy tells who it was', '192.0.2.7', '1.1.1.1', '1.1.1.1'],
  ['so does one of a listed network', '10.1.2.3', '1.1.1.1', '1.1.1.1'],
  ['so does one on IPv6', 'fd00::1', '2001:db8::9', '2001:db8::9'],
  ['a listed proxy as IPv4-mapped IPv6 is itself', '::ffff:10.1.2.3', '1.1.1.1', '1.1.1.1'],
  ['the right-most address that is not ours counts', '10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
  ['what stands further left may be invented', '10.0.0.1', '127.0.0.1, 10.9.9.9, 1.1.1.1', '1.1.1.1'],
  ['spaces do no harm', '10.0.0.1', '  6.6.6.6 ,1.1.1.1  ', '1.1.1.1'],
  ['an IPv4-mapped caller is an IPv4 caller', '10.0.0.1', '::ffff:1.1.1.1', '1.1.1.1'],
  ['in whatever spelling', '10.0.0.1', '::FFFF:101:101', '1.1.1.1'],
  ['an IPv6 caller has one spelling', '10.0.0.1', '2001:DB8:0:0::0009', '2001:db8::9'],
  ['of a chain of proxies alone the one that began it', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['no chain: the proxy itself', '10.0.0.1', undefined, '10.0.0.1'],
  ['an empty chain', '10.0.0.1', '', '10.0.0.1'],
  ['empty parts are none', '10.0.0.1', ', 1.1.1.1 ,,', '1.1.1.1'],
  ['a port is not part of who it was', '10.0.0.1', '192.0.2.5:51234', '192.0.2.5'],
  ['nor is one in front of a proxy with one', '10.0.0.1', '6.6.6.6:1, 192.0.2.5:51234, 10.0.0.2:443', '192.0.2.5'],
  ['IPv6 in brackets', '10.0.0.1', '[2001:db8::9]', '2001:db8::9'],
  ['IPv6 in brackets with a port', '10.0.0.1', '[2001:DB8:0::9]:51234', '2001:db8::9'],
  ['IPv4-mapped in brackets with a port', '10.0.0.1', '[::ffff:1.1.1.1]:80', '1.1.1.1'],
  ['a zone', '10.0.0.1', 'fe80::1%eth0', 'fe80::1'],
  ['a zone in brackets with a port', '10.0.0.1', '[fe80::1%25eth0]:80', 'fe80::1'],
  ['a stranger behind garbage', '10.0.0.1', '<script>, 1.1.1.1', '1.1.1.1'],
] as const)
  test(`SEC-195: ${story}`, () => {
    assert.equal(proxies.read(from(peer, { 'x-forwarded-for': chain })).ip, expected)
  })

for (const chain of [
  '1.1.1.1, unknown',
  '1.1.1.1, _hidden',
  '1.1.1.1, 0177.1',
  '1.1.1.1, 8',
  '<script>',
  '1.1.1.1:',
  '1.1.1.1:123456',
  '1.1.1.1:http',
  '[1.1.1.1]',
  '[2001:db8::9',
  '2001:db8::9]:80',
  '[]:80',
  '1.1.1.1 2.2.2.2',
  '"1.1.1.1"',
])
  test(`SEC-195: X-Forwarded-For ending in ${chain}: refused, and never counted as the proxy`, () => {
    assert.throws(() => proxies.read(from('10.0.0.1', { 'x-forwarded-for': chain })), { status: 400 })
    assert.equal(proxies.read(from('203.0.113.5', { 'x-forwarded-for': chain })).ip, '203.0.113.5')
  })

for (const [forwarded, ip, host] of [
  ['for=192.0.2.60;proto=http;by=203.0.113.43', '192.0.2.60', undefined],
  ['for="192.0.2.43:47011"', '192.0.2.43', undefined],
  ['for=192.0.2.43:47011', '192.0.2.43', undefined],
  ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17', undefined],
  ['for="[2001:DB8::17]"', '2001:db8::17', undefined],
  ['for="[fe80::1%25eth0]:80"', 'fe80::1', undefined],
  ['for="[::ffff:192.0.2.1]:80"', '192.0.2.1', undefined],
  ['for="192.0.2.\\43"', '192.0.2.43', undefined],
  ['for=6.6.6.6;host=evil.example, for=192.0.2.1;host="login.example:8443"', '192.0.2.1', 'login.example:8443'],
  ['for=192.0.2.1;host=login.example, for=10.0.0.2;host=inside', '192.0.2.1', 'login.example'],
  ['for=_x;host="a,b;for=6.6.6.6", for=192.0.2.1', '192.0.2.1', undefined],
  ['proto=https', '10.0.0.1', undefined],
] as const)
  test(`SEC-195, RFC 7239: Forwarded: ${forwarded}`, () => {
    assert.deepEqual(proxies.read(from('10.0.0.1', { forwarded })), { ip, host })
    assert.deepEqual(proxies.read(from('203.0.113.5', { forwarded })), { ip: '203.0.113.5' })
  })

for (const forwarded of [
  'for=unknown',
  'for=_hidden',
  'for="_gazonk"',
  'for=6.6.6.6, for=unknown',
  'for=6.6.6.6, proto=https',
  'for="[::1',
  'for=1.1.1.1;for=2.2.2.2',
  'for',
  'for=""',
  'for=1.1.1.1 proto=https',
])
  test(`SEC-195, RFC 7239: Forwarded: ${forwarded} is refused, and never counted as the proxy`, () => {
    assert.throws(() => proxies.read(from('10.0.0.1', { forwarded })), { status: 400 })
  })

test('SEC-195: where a proxy writes X-Forwarded-For, Forwarded may be a stranger’s', () => {
  const headers = { 'x-forwarded-for': '1.1.1.1', forwarded: 'for=6.6.6.6;host=evil.example' }
  assert.deepEqual(proxies.read(from('10.0.0.1', headers)), { ip: '1.1.1.1', host: undefined })
})

test('SEC-195: an IPv4-mapped peer is normalised without any proxy', () => {
  assert.deepEqual(trustProxies([]).read(from('::ffff:203.0.113.5')), { ip: '203.0.113.5' })
  assert.deepEqual(trustProxies([]).read(from(undefined)), { ip: '' })
})

test('SEC-257: no list means that nobody is believed, not even the loopback', () => {
  const headers = { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-host': 'evil.example' }
  for (const peer of ['127.0.0.1', '::1', '10.0.0.1', '0.0.0.0'])
    assert.deepEqual(trustProxies([]).read(from(peer, headers)), { ip: peer })
})

test('SEC-256: the forwarded host counts from a listed proxy only, and only if it is one', () => {
  const host = (peer: string, value: string | undefined) => proxies.read(from(peer, { 'x-forwarded-host': value })).host
  assert.equal(host('10.0.0.1', 'login.example'), 'login.example')
  assert.equal(host('10.0.0.1', 'login.example, login.example'), 'login.example')
  assert.equal(host('10.0.0.1', 'evil.example, login.example'), 'login.example')
  assert.equal(host('10.0.0.1', ''), undefined)
  assert.equal(host('10.0.0.1', undefined), undefined)
  assert.equal(host('203.0.113.5', 'login.example'), undefined)
})

let server: TestServer
let behindProxy: TestServer
before(async () => {
  server = await startServer()
  behindProxy = await startServer({ environment: { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' } })
})
after(() => Promise.all([server.stop(), behindProxy.stop()]))

const issuerFrom = async (url: string, headers: Record<string, string>, init: RequestInit = {}) => {
  const response = await fetch(`${url}/.well-known/openid-configuration`, { ...init, headers })
  return { status: response.status, issuer: ((await response.json()) as { issuer: string }).issuer }
}

const believedElsewhere: Record<string, string>[] = [
  { 'x-forwarded-host': 'evil.example' },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-port': '1' },
  { 'x-forwarded-prefix': '/evil' },
  { forwarded: 'for=1.1.1.1;host=evil.example;proto=https' },
  { 'x-real-ip': '1.1.1.1' },
  { 'x-host': 'evil.example' },
  { 'x-original-host': 'evil.example' },
  { 'x-original-url': '/oauth/token' },
  { 'x-rewrite-url': '/oauth/token' },
  { 'x-http-method-override': 'POST' },
  { 'x-http-method': 'DELETE' },
  { 'x-method-override': 'POST' },
]
for (const headers of believedElsewhere)
  test(`SEC-256: ${Object.keys(headers).join()} from a stranger changes nothing`, async () => {
    assert.deepEqual(await issuerFrom(server.url, headers), { status: 200, issuer: server.tenant.issuer })
  })

test('SEC-195, SEC-256: who calls is in the log as the socket says, unless a proxy of ours says otherwise', async () => {
  for (const [{ url, store }, expected] of [
    [server, '127.0.0.1'],
    [behindProxy, '1.1.1.1'],
  ] as const) {
    const forwarded = { 'x-forwarded-for': '6.6.6.6, 1.1.1.1', 'x-real-ip': '7.7.7.7', forwarded: 'for=8.8.8.8' }
    const headers = { ...forwarded, 'true-client-ip': '9.9.9.9', 'auth0-forwarded-for': '5.5.5.5' }
    await fetch(`${url}/authorize?client_id=nobody`, { headers })
    await store.logs.flush()
    const [line] = await store.logs.list({ limit: 1 })
    assert.equal(line?.ip, expected)
  }
})

test('SEC-256: behind a listed proxy the forwarded host chooses the tenant, and the issuer stays the registered one', async () => {
  const { url, tenant } = behindProxy
  const known = await issuerFrom(url, { 'x-forwarded-host': tenant.domain, 'x-forwarded-proto': 'gopher' })
  assert.deepEqual(known, { status: 200, issuer: tenant.issuer })
  const unknown = await fetch(`${url}/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-host': 'evil.example' },
  })
  assert.equal(unknown.status, 404)
})

test('SEC-193, SEC-195: behind a gateway that sends ports, one guesser does not lock out a tenant', async () => {
  const wrong = async (forwarded: string) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'backend', client_secret: 'wrong' })
    const headers = { 'x-forwarded-for': forwarded }
    return (await fetch(`${behindProxy.url}/oauth/token`, { method: 'POST', headers, body })).status
  }
  const client = aClient({
    clientId: 'backend',
    tokenEndpointAuthMethod: 'client_secret_post',
    grantTypes: ['client_credentials'],
  })
  await behindProxy.store.clients.save(client, 'the secret of the backend, long enough')
  let port = 50_000
  while ((await wrong(`192.0.2.5:${port++}`)) !== 429) assert.ok(port < 50_100, 'the guesser is never stopped')
  assert.equal(await wrong(`192.0.2.5:${port}`), 429, 'from another port it is the same guesser')
  assert.equal(await wrong('192.0.2.6:443'), 401, 'and a neighbour is somebody else')
  const refused = await fetch(`${behindProxy.url}/oauth/token`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '_x' },
  })
  assert.deepEqual([refused.status, await refused.text()], [400, 'The address that the proxy forwards cannot be read.'])
})
