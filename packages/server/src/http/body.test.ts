import assert from 'node:assert/strict'
import { test } from 'node:test'
import { merged, parameter, parseParameters } from '#parameters.ts'
import { parseBody } from './body.ts'

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const read = (body: string | Buffer, type: string | undefined) => [...parseBody(Buffer.from(body), type).values]
const refuses = (status: number) => (error: { name: string; status: number }) =>
  error.name === 'HttpError' && error.status === status

for (const [body, type, expected] of [
  ['a=1&b=%C3%BC', form, { a: '1', b: 'ü' }],
  ['a=1', `${form};charset=UTF-8`, { a: '1' }],
  ['a=1', `${form} ; charset="utf-8"`, { a: '1' }],
  ['a=1', 'Application/X-WWW-Form-Urlencoded; charset=utf8', { a: '1' }],
  ['a=1', `${form}; boundary=x`, { a: '1' }],
  ['{"a":"1","b":"ü"}', json, { a: '1', b: 'ü' }],
  ['{"a":"1","b":null}', `${json}; charset=utf-8`, { a: '1' }],
  ['{"a":""}', json, { a: '' }],
  ['{"constructor":"x"}', json, { constructor: 'x' }],
  ['{"a":300,"b":1.5,"c":true}', json, { a: '300', b: '1.5' }],
  ['{"a":"1","extra":{"b":["c"]},"list":[1]}', json, { a: '1' }],
] as const)
  test(`SEC-075: reads ${body} as ${type}`, () => assert.deepEqual(read(body, type), Object.entries(expected)))

for (const [body, type, status] of [
  ['a=1', undefined, 415],
  ['a=1', '', 415],
  ['a=1', 'text/plain', 415],
  ['a=1', 'multipart/form-data; boundary=x', 415],
  ['a=1', `${form}; charset=iso-8859-1`, 415],
  ['a=1', `${form}; charset=utf-8; charset=utf-16`, 415],
  ['a=1', `${form}; charset=`, 415],
  ['{}', 'application/jwt', 415],
  ['{}', 'application/json-patch+json', 415],
  ['a=%ff', form, 400],
  ['a=%', form, 400],
  ['a=1', json, 400],
  ['[]', json, 400],
  ['null', json, 400],
  ['"a"', json, 400],
  ['{"a":"1","a":"2"}', json, 400],
  ['{"__proto__":"x"}', json, 400],
  ['{"a":"\\ud800"}', json, 400],
  ['\uFEFF{}', json, 400],
  ['{', json, 400],
] as const)
  test(`SEC-075: ${JSON.stringify(body)} as ${type ?? 'nothing'} is refused with ${status}`, () => {
    assert.throws(() => read(body, type), refuses(status))
  })

for (const type of [form, json])
  test(`SEC-295: what is not UTF-8 is no ${type}`, () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xae]), Buffer.from('"}')])
    assert.throws(() => read(bytes, type), refuses(400))
  })

test('what is neither text nor number is refused where somebody reads it, by the name that this somebody knows', () => {
  const parameters = merged(parseParameters('b=1'), parseBody(Buffer.from('{"a":["1"],"c":true,"extra":{}}'), json))
  assert.equal(parameter(parameters, 'b'), '1')
  assert.throws(() => parameter(parameters, 'c'), { message: '"c" must be a string.' })
  assert.throws(() => parameter(parameters, 'a'), { name: 'HttpError', status: 400, message: '"a" must be a string.' })
})

test('no body is no parameters, whatever its type', () => {
  for (const type of [undefined, form, json, 'text/plain']) assert.equal(parseBody(undefined, type).values.size, 0)
  assert.equal(parseBody(Buffer.alloc(0), json).values.size, 0)
})

test('SEC-005: a name said twice in a form is remembered as such; an empty value counts as absent', () => {
  const parameters = parseBody(Buffer.from('a=1&a=2&b='), form)
  assert.deepEqual([...parameters.repeated.keys()], ['a'])
  assert.equal(parameter(parameters, 'b'), undefined)
})
