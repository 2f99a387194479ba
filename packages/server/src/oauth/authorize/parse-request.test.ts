import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseParameters } from '#parameters.ts'
import { type AuthorizeParameter, knownParameters, parameterNames, requireWellFormed } from './parse-request.ts'

/** How long each may be, and whether it may hold control characters. */
const forms: Record<AuthorizeParameter, [most: number, controls?: 'controls']> = {
  client_id: [255],
  redirect_uri: [2048, 'controls'],
  response_type: [64],
  response_mode: [32],
  scope: [4096],
  audience: [600],
  resource: [4096],
  state: [4096, 'controls'],
  nonce: [1024],
  code_challenge: [256],
  code_challenge_method: [32],
  prompt: [128],
  max_age: [16],
  login_hint: [320],
  screen_hint: [64],
  ui_locales: [256],
  acr_values: [512],
  connection: [128],
  id_token_hint: [16_384],
  request: [65_536, 'controls'],
  request_uri: [2048],
  organization: [128],
  invitation: [128],
  claims: [8192, 'controls'],
}

const judge = (name: AuthorizeParameter, value: string) => {
  const raw = parseParameters(new URLSearchParams({ [name]: value }).toString())
  requireWellFormed(knownParameters(raw), raw, [name])
}

describe('what each parameter of an authorization request may look like', () => {
  test('every one is listed here', () => assert.deepEqual(Object.keys(forms), parameterNames))

  for (const [name, [most, controls]] of Object.entries(forms) as [AuthorizeParameter, (typeof forms)['state']][])
    test(`${name}: at most ${most} characters, ${controls ? 'any' : 'no controls among them'}`, () => {
      judge(name, 'a'.repeat(most))
      assert.throws(() => judge(name, 'a'.repeat(most + 1)), { code: 'invalid_request' })
      for (const control of ['\n', '\u001f', '\u007f']) {
        for (const value of [`${control}a`, `a${control}`])
          if (controls) judge(name, value)
          else assert.throws(() => judge(name, value), { code: 'invalid_request' }, JSON.stringify(value))
      }
      judge(name, '~ \u0080é')
    })
})

test('SEC-005 none may be sent twice but resource, and only those that are judged matter', () => {
  for (const name of parameterNames) {
    const raw = parseParameters(`${name}=a&${name}=b`)
    const known = knownParameters(raw)
    if (name === 'resource') {
      requireWellFormed(known, raw)
      assert.equal(known.resource, 'a b')
      continue
    }
    assert.throws(() => requireWellFormed(known, raw), { code: 'invalid_request' }, name)
    requireWellFormed(known, raw, name === 'state' ? ['nonce'] : ['state'])
  }
})

test('SEC-007 what we do not know is not kept', () => {
  assert.deepEqual(knownParameters(parseParameters('state=a&__proto__=b&toString=c&other=d&nonce=')), { state: 'a' })
})
