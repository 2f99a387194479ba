import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseStrictJson, StrictJsonError } from './strict-json.ts'

for (const [json, reason] of [
  ['', 'not JSON'],
  ['{', 'not JSON'],
  ['{"a":1}x', 'not JSON'],
  ["{'a':1}", 'not JSON'],
  ['{"a":1,}', 'not JSON'],
  ['NaN', 'not JSON'],
  ['\ufeff{}', 'not JSON'],
  ['{"a":1,"a":1}', 'duplicate member'],
  ['{"a":1, "b":{}, "\\u0061" :2}', 'duplicate member'],
  ['{"":1,"":2}', 'duplicate member'],
  ['[{"x":{"a":[],"a":{}}}]', 'duplicate member'],
  ['{"a":"}","a":"{"}', 'duplicate member'],
  ['{"a\\"":1,"a\\"":2}', 'duplicate member'],
  ['{"\\\\":1,"\\\\":2}', 'duplicate member'],
  ['{"__proto__":{"admin":true}}', 'member named __proto__'],
  ['[{"a":{"\\u005f_proto__":1}}]', 'member named __proto__'],
  ['"\ud800"', 'lone surrogate'],
  ['"\\ud800"', 'lone surrogate'],
  ['["\\udc00\\ud800"]', 'lone surrogate'],
  ['{"\\uDFFF":1}', 'lone surrogate'],
  [`${'['.repeat(33)}${']'.repeat(33)}`, 'nested deeper than 32'],
  [`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'nested deeper than 32'],
  [`${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'nested deeper than 32'],
  ['['.repeat(500_000), 'not JSON'],
] as const) {
  test(`SEC-108 SEC-274: refuses ${JSON.stringify(json).slice(0, 60)}: ${reason}`, () => {
    assert.throws(() => parseStrictJson(json), { name: 'StrictJsonError', message: reason })
  })
}

for (const bytes of [
  [0x22, 0xff, 0x22],
  [0x22, 0xc0, 0xaf, 0x22],
  [0x22, 0xed, 0xa0, 0x80, 0x22],
  [0x22, 0xf0, 0x9f, 0x22],
]) {
  test(`SEC-108 SEC-274: refuses the bytes ${Buffer.from(bytes).toString('hex')}: not UTF-8`, () => {
    assert.throws(() => parseStrictJson(Uint8Array.from(bytes)), { name: 'StrictJsonError', message: 'not UTF-8' })
  })
}

for (const json of [
  '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
  '{"a":"a","b":"a","c":["a","a",",","{"]}',
  '"\\ud83d\\udd11"',
  '{"proto__":1,"constructor":{},"toString":1,"hasOwnProperty":2}',
  '{"a":"__proto__"}',
  `${'['.repeat(32)}${']'.repeat(32)}`,
  ' \n\t1e3 ',
  'null',
]) {
  test(`accepts ${json.slice(0, 60)}`, () => {
    assert.deepEqual(parseStrictJson(json), JSON.parse(json))
    assert.deepEqual(parseStrictJson(Buffer.from(json)), JSON.parse(json))
  })
}

test('the depth is the caller’s to choose', () => {
  assert.deepEqual(parseStrictJson('[[]]', { maxDepth: 2 }), [[]])
  assert.throws(() => parseStrictJson('[[[]]]', { maxDepth: 2 }), StrictJsonError)
  assert.throws(() => parseStrictJson('{}', { maxDepth: 0 }), StrictJsonError)
})

test('whatever JSON.stringify writes is read back the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), fc.constantFrom(undefined, 2), (value, indent) => {
      const json = JSON.stringify(value, null, indent)
      if (json.includes('"__proto__":') || json.includes('\\ud')) return
      assert.deepEqual(parseStrictJson(json), JSON.parse(json))
    }),
  )
})

test('SEC-108: a member said twice is found, wherever it is and however it is spelt', () => {
  const escaped = (name: string) =>
    `"${Array.from(name, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
      fc.nat(),
      fc.nat(10),
      (object, pick, depth) => {
        const names = Object.keys(object).filter((name) => name !== '__proto__')
        const name = names[pick % names.length]
        if (name === undefined) return
        const json = `{${escaped(name)}:null,${JSON.stringify(object).slice(1)}`
        assert.throws(() => parseStrictJson('[1,'.repeat(depth) + json + ']'.repeat(depth)), StrictJsonError)
      },
    ),
  )
})

test('SEC-295: each character is looked at twice at most, however long the text is', () => {
  const members = (count: number) =>
    `{${Array.from({ length: count }, (_, index) => `"member${index}":"\\\\\\""`).join()}}`
  const nested = `${'[{"a":'.repeat(16)}"${'\\\\'.repeat(5000)}"${'}]'.repeat(16)}`
  for (const json of [members(100), members(20_000), nested]) {
    const looks = looksAtCharacters(() => parseStrictJson(json))
    assert.ok(looks >= json.length / 2, 'the scanner is the one that is watched')
    assert.ok(looks <= json.length * 2, `${looks} looks at ${json.length} characters`)
  }
})

function looksAtCharacters(work: () => unknown): number {
  const { charCodeAt } = String.prototype
  let looks = 0
  String.prototype.charCodeAt = function (at) {
    looks++
    return charCodeAt.call(this, at)
  }
  try {
    work()
  } finally {
    String.prototype.charCodeAt = charCodeAt
  }
  return looks
}
