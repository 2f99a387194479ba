// No regular expression of ours can be made to run away. All of them are literals: none is built from what a stranger sends.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createContext, Script } from 'node:vm'
import { readSourceFiles } from '../testing/source-files.ts'

const packages = join(import.meta.dirname, '../..')
const files = globSync('*/src', { cwd: packages }).flatMap((folder) =>
  readSourceFiles(join(packages, folder)).map(({ path, code }) => ({ path: `${folder}/${path}`, code })),
)

/** A slash that begins an expression, after something that cannot end a value. Comments are gone already. */
const literal =
  /(?<=(?:[=(,:!&|?[{;+]|=>|\breturn)\s*|^\s*)\/(?![*/])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+)\/([dgimsuvy]*)(?![\w/])/gm

interface Found {
  path: string
  source: string
  flags: string
}

const found: Found[] = files.flatMap(({ path, code }) =>
  [...code.matchAll(literal)].map(([, source = '', flags = '']) => ({ path, source, flags })),
)

/** What backtracking feeds on: long runs of what the expression likes, and an end that it does not. */
function* bait(source: string): Generator<string> {
  const letters = `${source.replaceAll(/\\[dDwWsSbBpPuxk]/g, '')}a0 /.-_=:@%"<&\t`.split('')
  const likes = new Set([...letters, 'a.', 'aA', '\\a', '0a', 'a b'])
  for (const one of likes) for (const end of ['\u0001', '\n!', '']) yield one.repeat(length / one.length) + end
}
const length = 150_000

/** A safety line only: a linear expression needs milliseconds, a quadratic one twice this or more, an exponential one for ever. */
const patience = 5000
const context = createContext({ expression: /x/, text: '' })
const match = new Script('expression.lastIndex = 0; expression.test(text)')

function runsAway({ source, flags }: Pick<Found, 'source' | 'flags'>, timeout = patience): boolean {
  context.expression = new RegExp(source, flags)
  for (const text of bait(source)) {
    context.text = text
    try {
      match.runInContext(context, { timeout })
    } catch {
      return true
    }
  }
  return false
}

test('SEC-294 the expressions are found, and one that runs away is noticed', () => {
  assert.ok(found.length > 100, `${found.length} expressions`)
  for (const source of ['^(a+)+$', '=+$']) assert.equal(runsAway({ source, flags: '' }, 200), true, source)
})

test('SEC-294 no expression of the source runs away', () => {
  const away = found.filter((expression) => runsAway(expression)).map(({ path, source }) => `${path}: /${source}/`)
  assert.deepEqual(away, [])
})
