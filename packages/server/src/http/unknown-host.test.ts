import assert from 'node:assert/strict'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startServer } from '../../testing/start-server.ts'
import { unknownHosts } from './unknown-host.ts'

function aLog() {
  const said: string[] = []
  let time = 1_000_000
  const note = (line: unknown) => void said.push(String(line))
  const logger = { info: note, debug: note, warn: note, error: note }
  const wait = (milliseconds: number) => {
    time += milliseconds
  }
  return { said, logger, now: () => time, wait }
}

test('the log says which host nobody has, once a minute, and how many it kept silent about', () => {
  const log = aLog()
  const told = unknownHosts(undefined, log)
  for (const host of ['a.example', 'b.example', 'c.example']) told(host)
  log.wait(60_000)
  told('d.example\n{"level":60}')
  assert.deepEqual(log.said, [
    'no tenant has the host "a.example", so it is answered with 404',
    'no tenant has the host "d.example\\n{\\"level\\":60}", so it is answered with 404; since the last such line 2 more',
  ])
})

test('a clock that is set back does not silence it', () => {
  const log = aLog()
  const told = unknownHosts(undefined, log)
  told('a.example')
  log.wait(-86_400_000)
  told('b.example')
  assert.equal(log.said.length, 2)
})

async function ask(url: string, host: string) {
  const { port } = new URL(url)
  const response = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/.well-known/openid-configuration', headers: { host } }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode, body }), reject)
    })
      .on('error', reject)
      .end()
  })
  return response
}

test('in development the answer says which host it would be', async (t) => {
  const server = await startServer()
  t.after(() => server.stop())
  const { status, body } = await ask(server.url, '127.0.0.1')
  assert.deepEqual([status, body], [404, `There is nothing at this address. This server answers at ${server.url}`])
})

test('a host with the port that its scheme has anyway is the same host, and with another it is not', async (t) => {
  const server = await startServer({ environment: { KEYWRIGHT_URL: 'https://login.example' } })
  t.after(() => server.stop())
  for (const [host, status] of [
    ['login.example', 200],
    ['login.example:443', 200],
    ['LOGIN.example:443', 200],
    ['login.example:80', 404],
    ['login.example:0443', 404],
    ['login.example:8443', 404],
    ['other.example:443', 404],
  ] as const)
    assert.equal((await ask(`http://localhost:${server.config.port}`, host)).status, status, host)
  const { body } = await ask(`http://localhost:${server.config.port}`, 'other.example')
  assert.equal(body, 'There is nothing at this address.')
})
