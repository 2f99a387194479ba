import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { toRange } from './address-range.ts'
import { createOutgoing, OutgoingError, type OutgoingOptions } from './outgoing.ts'
import { isListed, isReachable } from './reachable-address.ts'

const refusedAddresses = {
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  loopback: ['127.0.0.1', '127.255.0.1', '::1'],
  'link-local': ['169.254.169.254', 'fe80::1', 'febf::1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.1.1.1', 'ff02::1'],
  'reserved or for documentation': ['0.0.0.0', '0.1.2.3', '192.0.2.1', '198.18.0.1', '203.0.113.9', '240.0.0.1', '::'],
  broadcast: ['255.255.255.255'],
  'unique local': ['fc00::1', 'fd12:3456::1'],
  'site-local': ['fec0::1'],
  'mapped IPv4': ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:10.0.0.1'],
  'compatible IPv4': ['::127.0.0.1', '::8.8.8.8'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::a00:1'],
  '6to4': ['2002:7f00:1::', '2002:808:808::1'],
  Teredo: ['2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'no address': ['', 'localhost', '8.8.8', '1.2.3.4/8'],
}

describe('reachable addresses', () => {
  for (const [kind, addresses] of Object.entries(refusedAddresses))
    test(`SEC-247: ${kind} is not public: ${addresses.join(', ')}`, () => {
      for (const address of addresses) assert.equal(isReachable(address, 'public'), false, address)
    })

  for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::6810:84e5', '2a00:1450:4001:82a::200e'])
    test(`${address} is public`, () => assert.ok(isReachable(address, 'public')))

  for (const address of ['127.0.0.1', '::1', '10.1.2.3', '192.168.0.7', 'fd00::1', '8.8.8.8'])
    test(`${address} is reachable from a laptop`, () => assert.ok(isReachable(address, 'local')))

  for (const address of ['169.254.169.254', '224.0.0.1', 'fe80::1', '::ffff:127.0.0.1', '0.0.0.0'])
    test(`not even from a laptop: ${address}`, () => assert.equal(isReachable(address, 'local'), false))
})

describe('listed addresses', () => {
  const listed = (networks: string[], address: string) => isListed(address, networks.map(toRange))

  for (const [network, address] of [
    ['10.0.0.0/8', '10.255.0.1'],
    ['192.168.1.7', '192.168.1.7'],
    ['100.64.0.0/10', '100.64.0.1'],
    ['fd00::/8', 'fd12::1'],
    ['127.0.0.1', '127.0.0.1'],
    ['169.254.169.254', '169.254.169.254'],
  ] as const)
    test(`${address} may be called when ${network} is listed`, () => assert.ok(listed([network], address)))

  for (const [network, address] of [
    ['10.0.0.0/16', '10.1.0.1'],
    ['192.168.1.7', '192.168.1.8'],
    ['10.0.0.0/8', '::ffff:10.0.0.1'],
    ['10.0.0.0/8', '64:ff9b::a00:1'],
    ['10.0.0.0/8', 'fd00::1'],
    ['10.0.0.0/8', 'localhost'],
    ['0.0.0.0/0', '127.0.0.1'],
    ['0.0.0.0/0', '169.254.169.254'],
    ['169.0.0.0/8', '169.254.169.254'],
    ['169.254.1.0/24', '169.254.169.254'],
    ['::/0', '::1'],
    ['::/0', 'fd00::1'],
  ] as const)
    test(`SEC-247: ${address} may not, with ${network}`, () => assert.equal(listed([network], address), false))
})

const local: OutgoingOptions = { allowPrivateNetworks: true }
const reason = (pattern: RegExp) => (error: unknown) => error instanceof OutgoingError && pattern.test(error.message)

describe('what is not even tried', () => {
  let sink: Server
  let port: number
  let heard = 0
  before(async () => {
    sink = createServer((_request, response) => {
      heard++
      response.end('internal banner')
    })
    port = await listening(sink)
  })
  after(() => sink.close())

  const strict = createOutgoing({
    allowPrivateNetworks: false,
    resolve: (_hostname, done) =>
      done(null, [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
  })
  const refused: [url: string, why: RegExp][] = [
    ['http://example.com/', /only https/],
    ['ftp://example.com/', /only https/],
    ['file:///etc/passwd', /only https/],
    ['gopher://example.com/', /only https/],
    ['data:text/plain,hi', /only https/],
    ['https://example.com:22/', /port/],
    ['https://example.com/', /not public/], // one of its addresses is ours
    ['https://127.0.0.1/', /not public/],
    ['https://0x7f.1/', /not public/],
    ['https://2130706433/', /not public/],
    ['https://0177.0.0.1/', /not public/],
    ['https://127.0.0.1./', /not public/],
    ['https://[::1]/', /not public/],
    ['https://[::ffff:127.0.0.1]/', /not public/],
    ['https://[64:ff9b::7f00:1]/', /not public/],
    ['https://169.254.169.254/latest/meta-data/', /not public/],
  ]
  for (const [url, why] of refused)
    test(`SEC-247, SEC-254: ${url} is refused`, () => assert.rejects(strict(url), reason(why)))

  test('SEC-247: nobody was called meanwhile', async () => {
    await assert.rejects(strict(`https://127.0.0.1:${port}/`), reason(/port/))
    await assert.rejects(strict(`http://localhost:${port}/`), reason(/only https/))
    assert.equal(heard, 0)
  })

  test('SEC-249: the address that was checked is the one connected to, whatever the name says next', async () => {
    let asked = 0
    const rebinding = createOutgoing({
      allowPrivateNetworks: true,
      resolve: (_hostname, done) => {
        asked++
        done(null, [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }])
      },
    })
    const answer = await rebinding(`http://rebind.example:${port}/`)
    assert.equal(await answer.text(), 'internal banner')
    assert.equal(asked, 1)
    await assert.rejects(rebinding(`http://rebind.example:${port}/`), reason(/not public/))
  })
})

describe('private networks that the operator has listed', () => {
  const leadingTo = (...answers: string[][]): OutgoingOptions['resolve'] => {
    const next = answers.values()
    return (_hostname, done) =>
      done(
        null,
        (next.next().value ?? []).map((address) => ({ address, family: 4 })),
      )
  }
  const listing = (privateNetworks: string[], ...answers: string[][]) =>
    createOutgoing({ allowPrivateNetworks: false, privateNetworks, resolve: leadingTo(...answers) })

  test('SEC-247: are called on any port and without https, by name and by address', async (t) => {
    const url = new URL(await serve(t, (_request, response) => response.end('hello')))
    for (const hostname of ['127.0.0.1', 'keycloak.internal']) {
      url.hostname = hostname
      const answer = await listing(['127.0.0.1'], ['127.0.0.1'])(url)
      assert.equal(await answer.text(), 'hello')
    }
  })

  for (const [story, url, addresses, why] of [
    ['a neighbour of the list', 'https://idp.example/', ['10.1.0.1'], /not public/],
    ['a neighbour by its address', 'https://10.1.0.1/', [], /not public/],
    ['the neighbour beside a listed one', 'https://idp.example/', ['10.0.0.1', '10.1.0.1'], /not public/],
    ['this machine', 'https://localhost/', ['127.0.0.1'], /not public/],
    ['this machine by its address, on another port', 'http://127.0.0.1:3000/', [], /only https/],
    ['metadata of a cloud', 'https://169.254.169.254/', [], /not public/],
    ['a name of that', 'http://metadata.example/', ['169.254.169.254'], /only https/],
    ['plain http to the internet', 'http://example.com/', ['8.8.8.8'], /only https/],
    ['plain http to who is only half listed', 'http://example.com/', ['10.0.0.1', '8.8.8.8'], /only https/],
    ['an odd port of the internet', 'https://example.com:22/', ['8.8.8.8'], /port/],
    ['a name without an address', 'https://nowhere.example/', [], /not public/],
    ['another protocol', 'ftp://10.0.0.1/', [], /only https/],
  ] as const)
    test(`SEC-247: ${story} stays out of reach`, () =>
      assert.rejects(listing(['10.0.0.0/16'], [...addresses])(url), reason(why)))

  test('SEC-249: a name that led to a listed address leads to no other one later', async (t) => {
    const url = new URL(await serve(t, (_request, response) => response.end('hello')))
    url.hostname = 'rebind.example'
    const strict = listing(['127.0.0.1'], ['127.0.0.1'], ['127.0.0.2'], ['127.0.0.1', '127.0.0.2'])
    assert.ok((await strict(url)).ok)
    await assert.rejects(strict(url), reason(/only https/))
    await assert.rejects(strict(url), reason(/only https/))
  })
})

describe('one call', () => {
  test('carries the body and the headers it was given, and nothing else', async (t) => {
    let headers: IncomingHttpHeaders = {}
    let method: string | undefined
    let body = ''
    const url = await serve(t, (request, response) => {
      headers = request.headers
      method = request.method
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => response.setHeader('content-type', 'application/json').end('{"ok":true}'))
    })
    const answer = await createOutgoing(local)(url, {
      method: 'POST',
      headers: { accept: 'application/json', cookie: 'keywright=secret', 'accept-encoding': 'gzip' },
      body: new URLSearchParams({ code: 'a b' }),
    })
    assert.deepEqual(await answer.json(), { ok: true })
    assert.deepEqual([method, body], ['POST', 'code=a+b'])
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8')
    assert.equal(headers['user-agent'], 'Keywright')
    assert.equal(headers.cookie, undefined, 'SEC-253')
    assert.equal(headers['accept-encoding'], undefined, 'SEC-250: nothing to unpack')
  })

  test('SEC-253: cookies that are set are not handed on', async (t) => {
    const url = await serve(t, (_request, response) => response.setHeader('set-cookie', 'a=b').end())
    const answer = await createOutgoing(local)(url)
    assert.equal(answer.headers.get('set-cookie'), null)
  })

  test('SEC-248: a redirect is an error, and its target hears nothing', async (t) => {
    let heard = 0
    const target = await serve(t, (_request, response) => {
      heard++
      response.end()
    })
    const url = await serve(t, (_request, response) => response.writeHead(302, { location: target }).end())
    await assert.rejects(createOutgoing(local)(url), reason(/redirect/))
    const seen = await createOutgoing(local)(url, { redirect: 'manual' })
    assert.equal(seen.status, 302)
    assert.equal(heard, 0)
  })

  test('SEC-250: an answer that is too long is cut off', async (t) => {
    const url = await serve(t, (_request, response) => response.end('x'.repeat(2000)))
    await assert.rejects(createOutgoing({ ...local, bodyBytes: 1999 })(url), reason(/more than 1999 bytes/))
    const whole = await createOutgoing({ ...local, bodyBytes: 2000 })(url)
    assert.equal((await whole.text()).length, 2000)
  })

  test('SEC-250: what comes compressed is not unpacked', async (t) => {
    const bomb = gzipSync('x'.repeat(1_000_000))
    const url = await serve(t, (_request, response) => response.setHeader('content-encoding', 'gzip').end(bomb))
    await assert.rejects(createOutgoing(local)(url), reason(/compressed/))
  })

  test('SEC-250: headers are capped', async (t) => {
    const url = await serve(t, (_request, response) => response.setHeader('x-long', 'x'.repeat(9000)).end())
    await assert.rejects(createOutgoing({ ...local, headerBytes: 8000 })(url), reason(/HPE_HEADER_OVERFLOW/))
  })

  test('SEC-250: a server that never answers does not keep us', async (t) => {
    const url = await serve(t, () => {})
    await assert.rejects(createOutgoing({ ...local, totalTimeout: 30 })(url), reason(/no complete answer within 30 ms/))
  })

  test('SEC-250: a server that drips does not keep us either', async (t) => {
    const url = await serve(t, (_request, response) => {
      const drip = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(drip))
    })
    await assert.rejects(createOutgoing({ ...local, totalTimeout: 60 })(url), reason(/no complete answer within 60 ms/))
  })

  test('SEC-250: a server that takes the connection but not the handshake does not keep us', async (t) => {
    const silent = createSocketServer((socket) => void socket.on('error', () => {}))
    const port = await listening(silent)
    t.after(() => silent.close())
    const impatient = createOutgoing({ ...local, connectTimeout: 30 })
    await assert.rejects(impatient(`https://127.0.0.1:${port}/`), reason(/no connection within 30 ms/))
  })

  test('SEC-250: one origin gets so many calls at a time', async (t) => {
    const waiting: (() => void)[] = []
    const url = await serve(t, (_request, response) => {
      waiting.push(() => response.end())
      if (waiting.length >= 2) for (const answer of waiting) answer()
    })
    const fetchTwo = createOutgoing({ ...local, concurrency: 2 })
    const [one, other, third] = await Promise.allSettled([fetchTwo(url), fetchTwo(url), fetchTwo(url)])
    assert.deepEqual([one.status, other.status, third.status], ['fulfilled', 'fulfilled', 'rejected'])
    assert.ok((await fetchTwo(url)).ok, 'and is called again afterwards')
  })

  test('nobody listens there', async () => {
    const server = createServer()
    const port = await listening(server)
    await new Promise((done) => server.close(done))
    await assert.rejects(createOutgoing(local)(`http://127.0.0.1:${port}/`), reason(/ECONNREFUSED/))
  })
})

async function listening(server: SocketServer): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

async function serve(t: { after: (clean: () => void) => void }, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  const port = await listening(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${port}/`
}
