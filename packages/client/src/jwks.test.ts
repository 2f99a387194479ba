import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { AuthorizationServer } from '../testing/authorization-server.ts'
import { aSigningKey } from '../testing/signing-key.ts'
import { remoteKeys } from './jwks.ts'

const PATH = '/.well-known/jwks.json'
const [first, second] = await Promise.all([aSigningKey('first'), aSigningKey('second')])
const server = await AuthorizationServer.start(first)
after(() => server.stop())

let now = 0
const newKeys = () => remoteKeys(server.issuer, { now: () => now })

beforeEach(() => {
  now = 1_800_000_000_000
  server.keys = [first]
  server.requests.length = 0
  server.misbehave.request = undefined
})

test('fetches once for many, and keeps what it fetched', async () => {
  const keys = newKeys()
  const found = await Promise.all([keys.find('first'), keys.find('first'), keys.find('first')])
  assert.ok(found.every((key) => key.kid === 'first'))
  await keys.find('first')
  assert.equal(server.count(PATH), 1)
})

test('an unknown kid makes it look again, but not more often than every 30 seconds', async () => {
  const keys = newKeys()
  await keys.find('first')
  server.keys = [first, second]
  await assert.rejects(keys.find('second'), { code: 'invalid_id_token' })
  assert.equal(server.count(PATH), 1, 'the fetch a moment ago already was the look')

  now += 30_001
  assert.equal((await keys.find('second')).kid, 'second')
  assert.equal(server.count(PATH), 2)

  for (let attack = 0; attack < 10; attack += 1) await assert.rejects(keys.find('nobody'), { name: 'IdTokenError' })
  assert.equal(server.count(PATH), 2)
})

test('a retired key is forgotten after ten minutes', async () => {
  const keys = newKeys()
  await keys.find('first')
  server.keys = [second]
  now += 10 * 60_000 + 1
  await assert.rejects(keys.find('first'), { code: 'invalid_id_token' })
})

test('a server that answers nonsense, or not at all, is a network error, and the next try is free', async () => {
  const keys = newKeys()
  for (const body of ['', 'null', '[]', '{"keys":{}}', '<html>']) {
    server.misbehave.request = (_, response) => Boolean(response.end(body))
    await assert.rejects(keys.find('first'), { name: 'NetworkError', code: 'network_error' })
  }
  server.misbehave.request = undefined
  assert.equal((await keys.find('first')).kid, 'first')
})

test('keys without a kid, and things that are no keys, are passed over', async () => {
  server.misbehave.request = (_, response) => {
    return Boolean(response.end(JSON.stringify({ keys: [null, 1, { kid: 7 }, { kty: 'EC' }, first.jwk] })))
  }
  assert.equal((await newKeys().find('first')).kid, 'first')
})
