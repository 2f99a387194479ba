import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { Cache, hashOf } from './cache.ts'
import { measureTests } from './coverage.ts'
import { Judge, type Known, nearness } from './judge.ts'
import { mutantsOf } from './mutants.ts'
import { runNamedBreaks, sources, withBreak } from './named.ts'
import { namedBreaks } from './named-breaks.ts'
import { readSource, sourceOf } from './source.ts'

const rule = `export function isAdult(age: number): boolean {
  if (age < 0) throw new RangeError('nobody')
  return age >= 18
}
export const neverCalled = (a: number) => a > 1
`
const ruleTest = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAdult } from './rule.ts'
test('SEC-001 a child', () => assert.equal(isAdult(7), false))
test('SEC-002 an adult', () => assert.equal(isAdult(40), true))
`
const file = `${sources}/people/rule.ts`
const testFile = `${sources}/people/rule.test.ts`

let root: string
before(() => {
  root = mkdtempSync(join(tmpdir(), 'keywright-mutate-test-'))
  mkdirSync(join(root, sources, 'people'), { recursive: true })
  writeFileSync(join(root, file), rule)
  writeFileSync(join(root, testFile), ruleTest)
})
after(() => rmSync(root, { recursive: true, force: true }))

test('a break that a test notices is killed, one that none notices survives, and the file stays as it is', async () => {
  const said: string[] = []
  const tests = await measureTests([testFile], root, (line) => said.push(line))
  const source = { ...readSource(join(root, file)), path: file }
  const cache = new Cache<Known>(join(root, 'verdicts.json'))
  const judge = new Judge(source, hashOf(rule), { tests, root, cache, budget: Infinity, records: new Map() })
  const verdicts = []
  for (const mutant of mutantsOf(source)) {
    const { killedBy, reachedBy } = await judge.judge(mutant, join(root, 'broken.js'))
    verdicts.push(`${mutant.line} ${mutant.operator} ${killedBy ?? `survived ${reachedBy}`}`)
  }
  assert.deepEqual(said, [])
  assert.deepEqual(verdicts, [
    '2 guard survived 1',
    '2 boundary survived 1',
    `2 comparison ${testFile}: SEC-001 a child`,
    '2 number survived 1',
    '3 boundary survived 1',
    `3 comparison ${testFile}: SEC-001 a child`,
    '3 number survived 1',
    '5 boundary survived 0',
    '5 comparison survived 0',
    '5 number survived 0',
  ])
  assert.equal(readFileSync(join(root, file), 'utf8'), rule)
})

test('a process that a test starts with nothing in its environment is broken as well', async (t) => {
  const program = "import { isAdult } from './rule.ts'; process.exitCode = isAdult(40) ? 0 : 1"
  const child = `import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
test('SEC-003 an adult, asked elsewhere', async () => {
  const words = ['--input-type=module', '--eval', ${JSON.stringify(program)}]
  const [code] = await once(spawn(process.execPath, words, { env: {}, cwd: import.meta.dirname }), 'exit')
  assert.equal(code, 0)
})
`
  const path = `${sources}/people/child.test.ts`
  writeFileSync(join(root, path), child)
  t.after(() => rmSync(join(root, path)))
  const aBreak = { id: 'SEC-003', file: 'people/rule.ts', before: 'age >= 18', after: 'age < 18', test: path }
  const said: string[] = []
  await runNamedBreaks([aBreak], { root, temporary: root, say: (line) => said.push(line) })
  assert.deepEqual(said, ['✔ SEC-003 people/rule.ts: age >= 18: SEC-003 an adult, asked elsewhere'])
})

test('a named break counts only if the tests of its requirement notice it', async () => {
  const run = async (id: string, before: string) => {
    const said: string[] = []
    const aBreak = { id, file: 'people/rule.ts', before, after: 'return true', test: testFile }
    const good = await runNamedBreaks([aBreak], { root, temporary: root, say: (line) => said.push(line) })
    return [good, said.join()] as const
  }
  assert.deepEqual(await run('SEC-001', 'return age >= 18'), [
    true,
    '✔ SEC-001 people/rule.ts: return age >= 18: SEC-001 a child',
  ])
  assert.match((await run('SEC-002', 'return age >= 18')).join(), /^false,✖ .* noticed nothing$/)
  assert.match((await run('SEC-001', 'return shoe')).join(), /^false,✖ .* must stand there exactly once/)
})

test('the tests beside a file come first', () => {
  const order = [
    `${sources}/oauth/revoke.test.ts`,
    `${sources}/oauth/token.test.ts`,
    `${sources}/oauth/grants/refresh-token.test.ts`,
    `${sources}/storage/issued.test.ts`,
    'e2e/browser/headers.test.ts',
  ]
  const near = order.map((path) => nearness(path, `${sources}/oauth/revoke.endpoint.ts`))
  assert.deepEqual(
    near,
    near.toSorted((one, other) => other - one),
  )
  assert.equal(new Set(near).size, order.length)
})

test('every named break still finds what it breaks, and breaks it into a program', () => {
  const here = resolve(import.meta.dirname, '..')
  for (const named of namedBreaks) {
    const text = withBreak(readFileSync(join(here, sources, named.file), 'utf8'), named)
    assert.ok(text !== undefined, `${named.id}: "${named.before}" must stand exactly once in ${named.file}`)
    sourceOf(named.file, text)
    assert.match(readFileSync(join(here, named.test), 'utf8'), new RegExp(`\\b${named.id}\\b`))
  }
})
