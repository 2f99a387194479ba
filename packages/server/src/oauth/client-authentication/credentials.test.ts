import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseParameters } from '#parameters.ts'
import { clientIdOfBasic, readCredentials } from './credentials.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('SEC-079 SEC-080 what a client says of itself', () => {
  const accepted: [string | undefined, string, object][] = [
    [undefined, 'client_id=a', { method: 'none', clientId: 'a' }],
    [undefined, 'client_id=a&client_secret=', { method: 'none', clientId: 'a' }],
    [undefined, 'client_id=a&client_secret=b', { method: 'client_secret_post', clientId: 'a', clientSecret: 'b' }],
    [basic('a:b'), '', { method: 'client_secret_basic', clientId: 'a', clientSecret: 'b' }],
    [basic('a:b:c'), 'client_id=a', { method: 'client_secret_basic', clientId: 'a', clientSecret: 'b:c' }],
    [basic('a%3Ab:'), '', { method: 'client_secret_basic', clientId: 'a:b', clientSecret: '' }],
    [basic('a:%252B+'), '', { method: 'client_secret_basic', clientId: 'a', clientSecret: '%2B ' }],
    [basic('a:b').replace('Basic', 'bAsIc'), '', { method: 'client_secret_basic', clientId: 'a', clientSecret: 'b' }],
  ]
  for (const [header, body, expected] of accepted)
    test(`${header ?? 'no header'} with "${body}"`, () =>
      assert.deepEqual(readCredentials(header, parseParameters(body)), expected))

  const refused: [string | undefined, string, string][] = [
    [undefined, '', 'invalid_request'],
    [undefined, 'client_secret=b', 'invalid_request'],
    [basic('a:b'), 'client_secret=b', 'invalid_request'],
    [basic('a:b'), 'client_id=c', 'invalid_request'],
    [basic('ab'), '', 'invalid_client'],
    [basic(':b'), '', 'invalid_client'],
    [basic('a:%'), '', 'invalid_client'],
    [basic('a:%ff'), '', 'invalid_client'],
    ['Basic', 'client_id=a', 'invalid_client'],
    ['Basic a b', 'client_id=a', 'invalid_client'],
    [`Digest ${basic('a:b')}`, '', 'invalid_client'],
    [`${basic('a:b')}, Digest x`, '', 'invalid_client'],
    ['Digest x', 'client_id=a', 'invalid_client'],
    ['', 'client_id=a', 'invalid_client'],
  ]
  for (const [header, body, code] of refused)
    test(`refuses ${header ?? 'no header'} with "${body}"`, () =>
      assert.throws(() => readCredentials(header, parseParameters(body)), { code }))
})

test('a Basic header names its client, and nothing else does', () => {
  assert.equal(clientIdOfBasic(basic('a%2D1:b')), 'a-1')
  for (const header of [undefined, 'Bearer x', basic('a'), 'Basic !']) assert.equal(clientIdOfBasic(header), undefined)
})
