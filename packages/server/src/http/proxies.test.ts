import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
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
  ['a chain of proxies alone is the nearest of them', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.1'],
  ['no chain: the proxy itself', '10.0.0.1', undefined, '10.0.0.1'],
  ['an empty chain', '10.0.0.1', '', '10.0.0.1'],
  ['garbage stops the reading', '10.0.0.1', '1.1.1.1, unknown', '10.0.0.1'],
  ['an octal address is garbage', '10.0.0.1', '1.1.1.1, 0177.1', '10.0.0.1'],
  ['an address with a port is garbage', '10.0.0.1', '1.1.1.1:80', '10.0.0.1'],
  ['markup is garbage', '10.0.0.1', '<script>', '10.0.0.1'],
] as const)
  test(`SEC-195: ${story}`, () => {
    assert.equal(proxies.read(from(peer, { 'x-forwarded-for': chain })).ip, expected)
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
  assert.equal(host('10.0.0.1', 'login.example, evil.example'), undefined)
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
