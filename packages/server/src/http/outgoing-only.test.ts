// There is one way out: whatever gives us a URL, the guarded client is what calls it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSourceFiles } from '../../testing/source-files.ts'

const guarded = 'http/outgoing.ts'
/** Ways to open a connection that are not the guarded client. PostgreSQL, whose address the operator gives, is storage's. */
const waysOut: Record<string, RegExp> = {
  'the global fetch': /(?<![.\w#])fetch\(|globalThis\.fetch|\bfetch: fetch\b/,
  'another client': /['"](?:undici|axios|got|node-fetch|ws)['"]|new (?:WebSocket|EventSource|XMLHttpRequest)\b/,
  'a socket': /^import (?!type).*['"](?:node:)?(?:http|https|http2|tls|dgram|dns|dns\/promises)['"]/m,
  'node:net beyond isIP': /^import (?!type|\{ isIP \}).*['"](?:node:)?net['"]/m,
  'a lazy import of a client': /import\(['"](?:node:)?(?:http|https|http2|tls|net|dgram|dns)['"]\)/,
  'another process': /['"](?:node:)?child_process['"]/,
}

const files = readSourceFiles().filter(({ path }) => path !== guarded)

for (const [what, pattern] of Object.entries(waysOut))
  test(`SEC-252 nothing but the guarded client leaves the house: ${what}`, () => {
    assert.deepEqual(
      files.filter(({ code }) => pattern.test(code)).map(({ path }) => path),
      [],
    )
  })

test('SEC-252 every call of a fetch is one of the context’s', () => {
  const calls = files.flatMap(({ path, code }) =>
    [...code.matchAll(/([\w.]+)\.fetch\(/g)].map(([, of]) => `${path} ${of}`),
  )
  assert.ok(calls.length > 0)
  assert.deepEqual(
    calls.filter((call) => !call.endsWith(' ctx')),
    [],
  )
})
