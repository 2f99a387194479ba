import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCookies, serializeCookie } from './cookies.ts'

for (const [header, expected] of [
  [undefined, {}],
  ['', {}],
  ['a=1', { a: '1' }],
  ['a=1; b=2', { a: '1', b: '2' }],
  ['a=1;b=2 ; c = 3', { a: '1', b: '2', c: '3' }],
  ['a=1=2==', { a: '1=2==' }],
  ['a=', { a: '' }],
  ['a', {}],
  [';;=; ;', { '': '' }],
  ['a="quoted"', { a: '"quoted"' }],
  ['a=%41', { a: '%41' }],
  ['__proto__=x; constructor=y', { ['__proto__']: 'x', constructor: 'y' }],
] as const)
  test(`reads ${JSON.stringify(header)}`, () => {
    assert.deepEqual([...parseCookies(header)], Object.entries(expected))
  })

test('SEC-157: of a name that came twice with different values, neither is believed', () => {
  assert.deepEqual([...parseCookies('keywright=ours; keywright=planted; b=2')], [['b', '2']])
  assert.deepEqual([...parseCookies('a=1; a=2; a=1')], [])
  assert.equal(parseCookies('a=1; a=1').get('a'), '1')
})

test('SEC-155: a cookie is HttpOnly, for the whole host and for no other', () => {
  const attributes = { secure: true, sameSite: 'Lax' } as const
  assert.equal(serializeCookie('__Host-a', 'v', attributes), '__Host-a=v; Path=/; HttpOnly; SameSite=Lax; Secure')
  assert.equal(
    serializeCookie('a', 'v', { secure: false, sameSite: 'None', maxAge: 0 }),
    'a=v; Path=/; HttpOnly; SameSite=None; Max-Age=0',
  )
})
