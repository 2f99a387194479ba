import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { type ConnectionOptions, connect, createServer } from 'node:tls'
import { createLocalAuthority, issueLocalCertificate } from './certificates.ts'

const now = Date.now() // a real TLS client looks at the real clock
const hosts = ['localhost', 'acme.localhost', '127.0.0.1', '[::1]']
const authority = await createLocalAuthority({ now })
const issued = await issueLocalCertificate(authority, hosts, { now })
const [leaf, root] = [new X509Certificate(issued.certificate), new X509Certificate(authority.certificate)]
const day = 24 * 60 * 60 * 1000

const server = createServer({ cert: issued.certificate, key: issued.privateKey }, (socket) => {
  socket.on('error', () => {}) // a client that does not trust us hangs up
  socket.end('hello')
})
server.on('tlsClientError', () => {})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
after(() => server.close())

async function greet(servername: string, options: ConnectionOptions = {}): Promise<string> {
  const { port } = server.address() as AddressInfo
  const trusting = { host: '127.0.0.1', port, servername, ca: authority.certificate, ...options }
  const socket = connect(trusting)
  await once(socket, 'secureConnect')
  return (await socket.toArray()).join('')
}

for (const name of ['localhost', 'acme.localhost']) {
  test(`a client that trusts only the local authority talks to ${name}`, async () => {
    assert.equal(await greet(name), 'hello')
  })
}

test('a client reaches the server by its address', async () => {
  assert.equal(await greet(''), 'hello')
})

test('a client is not talked into another name or another authority', async () => {
  await assert.rejects(greet('example.com'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  const stranger = await createLocalAuthority({ now })
  // The two authorities have one name, so the client gets as far as checking the signature.
  await assert.rejects(greet('localhost', { ca: stranger.certificate }), { code: /CERT|SELF_SIGNED/ })
  await assert.rejects(greet('localhost', { ca: undefined }), { code: /CERT|SELF_SIGNED/ })
})

test('names are names and addresses are addresses', () => {
  assert.equal(
    leaf.subjectAltName,
    'DNS:localhost, DNS:acme.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  )
})

test('the authority may only issue, the server only serve', () => {
  assert.equal(root.ca, true)
  assert.equal(leaf.ca, false)
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  assert.ok(leaf.checkIssued(root))
  assert.ok(leaf.verify(root.publicKey))
  assert.notEqual(leaf.serialNumber, root.serialNumber)
})

test('the authority lives ten years, the certificate no longer than browsers allow', () => {
  const days = (certificate: X509Certificate) =>
    (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / day
  assert.ok(days(root) > 3650 && days(root) < 3655)
  assert.ok(days(leaf) > 390 && days(leaf) <= 397)
})

test('the chain is whole, and the keys fit', () => {
  assert.ok(issued.certificate.trimEnd().endsWith(authority.certificate.trimEnd()))
  assert.equal(issued.certificate.match(/BEGIN CERTIFICATE/g)?.length, 2)
  assert.match(issued.privateKey, /^-----BEGIN PRIVATE KEY-----\n/)
})

test('a certificate for nobody is not issued', () =>
  assert.rejects(issueLocalCertificate(authority, [], { now }), RangeError))
