import assert from 'node:assert/strict'
import { test } from 'node:test'
import { broken, mutantsOf } from './mutants.ts'
import { sourceOf } from './source.ts'

/** What a piece of code is broken into. */
const breaks = (text: string) => {
  const source = sourceOf('example.ts', text)
  return mutantsOf(source).map((mutant) => `${mutant.operator}: ${broken(source, mutant)}`)
}

const cases: [code: string, broken: string[]][] = [
  ['if (a) throw b', ['guard: ;']],
  ['if (a) b()', ['condition: if (!(a)) b()', 'statement: if (a) ;']],
  ["if (a === 'b') throw c", ['guard: ;', "comparison: if ((a !== 'b')) throw c"]],
  [
    'if (!a) b = c; else d()',
    ['negation: if ((a)) b = c; else d()', 'statement: if (!a) ; else d()', 'statement: if (!a) b = c; else ;'],
  ],
  [
    'x = () => a && b',
    ['statement: ;', 'logical: x = () => ((a) || (b))', 'operand: x = () => (a)', 'operand: x = () => (b)'],
  ],
  ['x = () => a ?? b', ['statement: ;', 'operand: x = () => (a)', 'operand: x = () => (b)']],
  ['const x = a < b', ['boundary: const x = (a <= b)', 'comparison: const x = !(a < b)']],
  ['const x = a === b', ['comparison: const x = (a !== b)']],
  ['await revoke(a)', ['statement: ;']],
  ['const x = [a, b]', ['member: const x = [ b]', 'member: const x = [a, ]']],
  ['const x = { httpOnly: a }', ['member: const x = {  }']],
  ['const x = { httpOnly: true }', ['boolean: const x = { httpOnly: false }']],
  ['const x = a.some(b)', ['method: const x = a.every(b)']],
  ['const x = a.filter(b)', ['method: const x = ((it) => () => it)(a)(b)']],
  ['const x = /^a$/i', ['regex: const x = /a$/i', 'regex: const x = /^a/i', 'regex: const x = /^a$/']],
  ['const x = true', ['boolean: const x = false']],
  ["const x = 'a'", ["literal: const x = 'mutated'"]],
  ['const x = a * 60_000', ['arithmetic: const x = (a / 60_000)', 'number: const x = a * 120000']],
]

for (const [code, expected] of cases)
  test(`breaks ${code}`, () => {
    const lines = breaks(code)
    assert.deepEqual(lines, expected)
  })

test('types are blanks: what is left of a line stands where it stood', () => {
  const [mutant] = mutantsOf(sourceOf('example.ts', 'type A = true\nconst x: A | false = (y as unknown as A) || z'))
  assert.equal(mutant?.line, 2)
  assert.equal(mutant?.before, '(y as unknown as A) || z')
})

for (const told of [
  "import { a } from './a.ts'",
  "const x = 'Words for people'",
  "const x = invalidGrant('expired', { reason: true })",
  'const x = { description: `for people`, details: { a: 1 } }',
  "if (!key.privateKey) throw new Error('cannot be')",
  'type A = { a: 1 }',
])
  test(`leaves alone ${told}`, () => {
    const lines = breaks(told).filter(
      (line) => !line.startsWith('member: const x = { details') && line !== 'statement: ;',
    )
    assert.deepEqual(lines, [])
  })
