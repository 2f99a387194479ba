import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { everyValue, merged, parameter, parseParameters } from './parameters.ts'

for (const [encoded, expected] of [
  ['', {}],
  ['&&', {}],
  ['a=1', { a: '1' }],
  ['a', { a: '' }],
  ['a=', { a: '' }],
  ['=1', { '': '1' }],
  ['a=b=c', { a: 'b=c' }],
  ['a=1+2%2B3%203', { a: '1 2+3 3' }],
  ['a%3D=1', { 'a=': '1' }],
  ['a=%26&b=2', { a: '&', b: '2' }],
  ['a=1;b=2', { a: '1;b=2' }],
  ['a[]=1', { 'a[]': '1' }],
  ['__proto__=1&constructor=2', { ['__proto__']: '1', constructor: '2' }],
  ['a=\u{1F511}', { a: '\u{1F511}' }],
  ['a=%00', { a: '\0' }],
] as const)
  test(`reads ${JSON.stringify(encoded)}`, () => {
    assert.deepEqual([...parseParameters(encoded).values], Object.entries(expected))
  })

for (const encoded of [
  'a=%',
  'a=%4',
  'a=%zz',
  'a=%u0041',
  'a=%ff',
  'a=%c0%ae',
  'a=%ed%a0%80',
  '%ff=1',
  'a=1&b=%f4%90%80%80',
])
  test(`SEC-295: refuses ${encoded}, which two readers may read differently`, () => {
    assert.throws(() => parseParameters(encoded), { name: 'HttpError', status: 400 })
  })

test('whatever is encoded is read back the same', () => {
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(fc.dictionary(text, text), (values) => {
      const parsed = parseParameters(new URLSearchParams(values).toString())
      assert.deepEqual(Object.fromEntries(parsed.values), { ...values })
    }),
  )
})

test('SEC-005: a name sent twice is known as such, however it is spelt, and the first value stays', () => {
  const parameters = parseParameters('a=1&%61=1&b=2&b')
  assert.deepEqual([...parameters.repeated.keys()], ['a', 'b'])
  assert.equal(parameter(parameters, 'a'), '1')
})

test('SEC-005: a name in the query and in the body is sent twice', () => {
  const both = merged(parseParameters('a=1&b=2'), parseParameters('b=2&c=3'))
  assert.deepEqual([...both.repeated], [['b', ['2']]])
  assert.deepEqual([...both.values.keys()], ['a', 'b', 'c'])
  const twice = parseParameters('a=1&a=2')
  for (const alone of [merged(twice, parseParameters('')), merged(parseParameters(''), twice)])
    assert.deepEqual([...alone.repeated], [['a', ['2']]])
  assert.equal(everyValue(merged(twice, parseParameters('a=3&a=4')), 'a'), '1 2 3 4')
})

test('SEC-006: an empty value is an absent one', () => {
  assert.equal(parameter(parseParameters('a='), 'a'), undefined)
  assert.equal(parameter(parseParameters('b=1'), 'a'), undefined)
})

test('SEC-290: 200 parameters are read, 201 refused', () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => `p${index}=1`).join('&')
  assert.equal(parseParameters(pairs(200)).values.size, 200)
  assert.throws(() => parseParameters(pairs(201)), { name: 'HttpError', status: 400 })
})
