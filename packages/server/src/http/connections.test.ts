import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect as connectTcp, createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type ConnectionOptions, connect, getCiphers } from 'node:tls'
import { commonName, loadX509, toCryptoKey } from '#crypto/x509.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'
import { capConnections } from './connections.ts'
import type { Limits } from './limits.ts'
import type { Logger } from './logger.ts'

const folders: string[] = []
const servers: TestServer[] = []
after(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
})

type Kind = 'RSA' | 'ECDSA'

async function certificateFiles(kind: Kind): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-tls-'))
  folders.push(folder)
  const pair =
    kind === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm =
    kind === 'RSA'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const x509 = await loadX509()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: new x509.Name(commonName('localhost')),
    notBefore: new Date(Date.now() - 3600_000),
    notAfter: new Date(Date.now() + 3600_000),
    signingAlgorithm: algorithm,
    keys: {
      privateKey: toCryptoKey(pair.privateKey, algorithm),
      publicKey: toCryptoKey(pair.publicKey, algorithm),
    },
  })
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  await writeFile(cert, certificate.toString('pem'))
  await writeFile(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return `${cert},${key}`
}

async function aServer(tls: Kind | undefined, limits: Partial<Limits> = {}, environment: Record<string, string> = {}) {
  const files: Record<string, string> = tls ? { KEYWRIGHT_TLS: await certificateFiles(tls) } : {}
  const server = await startServer({ environment: { ...files, ...environment }, limits })
  servers.push(server)
  return server
}

const portOf = (server: TestServer) => Number(new URL(server.url).port)

/** @returns the suite that was agreed on, or why there was none */
async function shakeHands(server: TestServer, options: ConnectionOptions): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: portOf(server), rejectUnauthorized: false, ...options })
  try {
    await once(socket, 'secureConnect')
    return `${socket.getProtocol()} ${socket.getCipher().name}`
  } catch (error) {
    return `refused: ${(error as NodeJS.ErrnoException).code}`
  } finally {
    socket.destroy()
  }
}

const allowed: Record<Kind, string[]> = {
  RSA: ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ECDSA: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
}

for (const kind of ['RSA', 'ECDSA'] as const)
  test(`SEC-319: TLS with an ${kind} certificate: of every suite that there is, those with forward secrecy and AES-GCM shake hands (RFC 9325 §4.2)`, async () => {
    const server = await aServer(kind)
    const suites = getCiphers().filter((name) => !name.startsWith('tls_'))
    assert.ok(suites.length > 40, `only ${suites.length} suites can be tried`)
    const agreed: string[] = []
    for (const suite of suites) {
      const ciphers = `${suite.toUpperCase()}:@SECLEVEL=0`
      const outcome = await shakeHands(server, { ciphers, maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' })
      if (!outcome.startsWith('refused: ')) agreed.push(outcome)
    }
    assert.deepEqual(agreed.toSorted(), allowed[kind].map((name) => `TLSv1.2 ${name}`).toSorted())
    for (const suite of ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])
      assert.equal(await shakeHands(server, { ciphers: suite, minVersion: 'TLSv1.3' }), `TLSv1.3 ${suite}`)
    for (const maxVersion of ['TLSv1', 'TLSv1.1'] as const) {
      const old = { ciphers: 'ALL:@SECLEVEL=0', minVersion: 'TLSv1', maxVersion } as const
      assert.match(await shakeHands(server, old), /^refused: /)
    }
  })

const connectTo = async (server: TestServer, host = '127.0.0.1'): Promise<Socket> => {
  const socket = connectTcp({ host, port: portOf(server) })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Waits until the server closes it. What it says meanwhile is read and thrown away. */
async function untilClosed(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

test('SEC-291: who begins a TLS handshake and does not end it is cut off, also who sends a little at a time', async () => {
  const server = await aServer('ECDSA', { handshakeTimeout: 150 })
  const silent = await connectTo(server)
  const dripping = await connectTo(server)
  const drip = setInterval(() => dripping.write(Buffer.from([0x16])), 20)
  try {
    await Promise.all([untilClosed(silent), untilClosed(dripping)])
  } finally {
    clearInterval(drip)
  }
  assert.deepEqual(server.errors, [])
})

/** Until the server has noticed that connections were closed, which nobody tells us. */
async function eventually(work: () => Promise<boolean>): Promise<void> {
  while (!(await work())) await new Promise((resolve) => setImmediate(resolve))
}

const isServed = (server: TestServer) =>
  fetch(`${server.url}/healthz`, { headers: { connection: 'close' } }).then(
    async (response) => (await response.text()) === 'ok',
    () => false,
  )

test('SEC-291: who does not fetch the answer is cut off', async () => {
  const server = await aServer(undefined, { inactivityTimeout: 200, connectionsPerAddress: 1 })
  const socket = await connectTo(server)
  socket.pause()
  const head = `GET /.well-known/jwks.json HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n\r\n`
  socket.write(head.repeat(20_000)) // the answers fill every buffer on the way
  assert.equal(await isServed(server), false)
  await eventually(() => isServed(server))
  socket.destroy()
})

test('SEC-291: one address has so many connections and no more; when one is closed, another one may come', async () => {
  const server = await aServer(undefined, { connectionsPerAddress: 5 })
  const open = await Promise.all(Array.from({ length: 5 }, () => connectTo(server)))
  await untilClosed(await connectTo(server))
  assert.equal(await isServed(server), false)
  open.pop()?.destroy()
  await eventually(() => isServed(server))
  for (const socket of open) assert.equal(socket.closed, false)
  for (const socket of open) socket.destroy()
})

test('SEC-193, SEC-291: an address is an IPv4 address in whatever spelling, or the /64 of IPv6; others are not concerned', () => {
  const server = createServer()
  const warnings: unknown[] = []
  const logger = { warn: (...words: unknown[]) => void warnings.push(words) } as unknown as Logger
  const isProxy = (peer: string) => peer === '10.0.0.1'
  const limits = { connectionsPerAddress: 2, handshakesPerAddress: 2, handshakeTimeout: 1000 }
  capConnections(server, limits, { isProxy, logger, isTls: false })
  /** Whether it may stay. */
  const arrives = (remoteAddress: string | undefined) => {
    const socket = new Socket()
    Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress })
    server.emit('connection', socket)
    return !socket.destroyed
  }
  const arrivals = [
    ['192.0.2.5', true],
    ['::ffff:192.0.2.5', true],
    ['192.0.2.5', false],
    ['192.0.2.6', true],
    ['2001:db8::1', true],
    ['2001:db8::2', true],
    ['2001:db8::ffff:3', false],
    ['2001:db8:0:1::1', true],
    ['10.0.0.1', true],
    ['10.0.0.1', true],
    ['10.0.0.1', true],
    ['192.0.2.5', false],
    [undefined, false],
  ] as const
  assert.deepEqual(
    arrivals.map(([address]) => arrives(address)),
    arrivals.map(([, stays]) => stays),
  )
  assert.equal(warnings.length, 2, 'one for each address, however often it comes')
})

test('SEC-291: a listed proxy speaks for many and is not counted', async () => {
  const server = await aServer(undefined, { connectionsPerAddress: 2 }, { KEYWRIGHT_TRUSTED_PROXIES: '127.0.0.1' })
  const open = await Promise.all(Array.from({ length: 8 }, () => connectTo(server)))
  assert.equal(await isServed(server), true)
  for (const socket of open) assert.equal(socket.closed, false)
  for (const socket of open) socket.destroy()
})

test('SEC-291: TLS handshakes under way are capped; those that are done are not counted as such', async () => {
  const server = await aServer('ECDSA', { handshakesPerAddress: 3, connectionsPerAddress: 50 })
  const tls = { host: '127.0.0.1', port: portOf(server), rejectUnauthorized: false }
  const done = []
  for (let index = 0; index < 10; index++) {
    const socket = connect(tls)
    await once(socket, 'secureConnect')
    done.push(socket)
  }
  await eventually(async () => !(await shakeHands(server, {})).startsWith('refused'))
  const begun = await Promise.all(Array.from({ length: 3 }, () => connectTo(server)))
  await untilClosed(await connectTo(server))
  assert.match(await shakeHands(server, {}), /^refused: /)
  for (const socket of begun) socket.destroy()
  await eventually(async () => !(await shakeHands(server, {})).startsWith('refused'))
  for (const socket of done) assert.equal(socket.closed, false)
  for (const socket of done) socket.destroy()
})

test('SEC-291: connections over TLS are counted until they are closed', async () => {
  const server = await aServer('ECDSA', { connectionsPerAddress: 2 })
  for (let round = 0; round < 3; round++) {
    const open = await Promise.all([connectTo(server), connectTo(server)])
    await untilClosed(await connectTo(server))
    for (const socket of open) socket.destroy()
    await eventually(async () => !(await shakeHands(server, {})).startsWith('refused'))
  }
})
