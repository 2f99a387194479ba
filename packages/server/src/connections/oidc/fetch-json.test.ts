import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { upstreamError } from '../../../testing/scripted-provider.ts'
import { fetchJson, quote } from './fetch-json.ts'

/** Asks somebody who answers that; and tells what they were asked. */
async function ask(answer: Response, init: Parameters<typeof fetchJson>[2] = {}) {
  const heard: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, how) => {
    heard.push(new Request(input, how))
    return answer
  }
  const said = await fetchJson('place', 'https://idp.example/place', init, { fetch })
  return { said, request: heard[0] }
}
const typed = (type?: string) =>
  new Response(Buffer.from('{"a":1}'), { headers: type === undefined ? {} : { 'content-type': type } })

test('asks for JSON, with what the caller adds, and follows nobody elsewhere', async () => {
  const init = { method: 'POST', headers: { authorization: 'Basic x' }, body: 'b' }
  const { request, said } = await ask(Response.json({ a: 1 }, { status: 400 }), init)
  assert.deepEqual(said, { ok: false, status: 400, body: { a: 1 } })
  assert.equal(request?.method, 'POST')
  assert.equal(await request?.text(), 'b')
  assert.equal(request?.headers.get('authorization'), 'Basic x')
  assert.equal(request?.headers.get('accept'), 'application/json')
  assert.equal(request?.redirect, 'error')
})

describe('what counts as JSON', () => {
  for (const type of [
    'application/json',
    'APPLICATION/JSON',
    'application/json;charset=utf-8',
    'application/jwk-set+json',
  ])
    test(`${type} does`, async () => assert.deepEqual((await ask(typed(type))).said.body, { a: 1 }))
  for (const type of ['text/html', 'application/jsonp', 'text/application/json', 'application/x json', ''])
    test(`"${type}" does not`, () => assert.rejects(ask(typed(type)), upstreamError(/instead of JSON/)))
  test('nor does what has no type', () => assert.rejects(ask(typed()), upstreamError(/answered 200 with "" instead/)))
  for (const body of [null, [], 'a', 7])
    test(`${JSON.stringify(body)} is no object`, () =>
      assert.rejects(ask(Response.json(body)), upstreamError(/object/)))
})

test('what strangers say is quoted short and plain', () => {
  assert.equal(quote('a\nb\u001b[31mé'), '"a?b?[31m?"')
  assert.equal(quote('x'.repeat(201)), `"${'x'.repeat(200)}"`)
  assert.equal(quote(undefined), 'nothing')
  assert.equal(quote(7), 'a number')
})
