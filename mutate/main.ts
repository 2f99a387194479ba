// `npm run mutate -- tokens oauth/grants`: breaks the code of the server in every way we know, one at a time, and runs the tests
// that execute the broken line until one fails. What no test notices is printed; CONTRIBUTING.md says how to read it.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { findChromium } from '../packages/server/testing/chromium-executable.ts'
import { startPostgres } from '../packages/server/testing/postgres.ts'
import { reasonFor } from './accepted.ts'
import { Cache, hashOf } from './cache.ts'
import { measureTests } from './coverage.ts'
import { Judge, type Judgement, type Known } from './judge.ts'
import { mutantsOf } from './mutants.ts'
import { runNamedBreaks, sources } from './named.ts'
import { namedBreaks } from './named-breaks.ts'
import { inOneLine, summary } from './report.ts'
import { readSource } from './source.ts'

const root = resolve(import.meta.dirname, '..')
process.chdir(root)

const { values: options, positionals: places } = parseArgs({
  allowPositionals: true,
  options: {
    named: { type: 'boolean', default: false },
    file: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    budget: { type: 'string', default: '30' },
    threshold: { type: 'string', default: '95' },
    fresh: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})
const usage = `npm run mutate -- ROOM…          break every file of these folders of packages/server/src
npm run mutate -- --file PATH    … of this file (again for more)
npm run mutate -- --named        the breaks that have a requirement's name

  --sample N      every n-th mutant only; the same ones in every run
  --jobs N        that many at the same time (1)
  --budget S      gives a mutant up after tests of so many seconds (30; 0 for no end); those of its folder run in any case
  --threshold P   fails if less than that percentage is killed (95)
  --fresh         forgets what earlier runs found out about files that have not changed
  --list          prints the mutants and runs nothing`

const say = (line: string) => console.log(line)
const files = [
  ...options.file,
  ...places.flatMap((place) => globSync(`${sources}/${place}/**/*.ts`, { exclude: ['**/*.test.ts'] })),
].sort()

if (files.length === 0 && !options.named) {
  say(usage)
  process.exit(2)
}

const temporary = mkdtempSync(join(tmpdir(), 'keywright-mutate-'))
process.on('exit', () => rmSync(temporary, { recursive: true, force: true }))
const stopPostgres = options.list ? async () => {} : await prepare()
try {
  const good = options.named ? await runNamedBreaks(namedBreaks, { root, temporary, say }) : await mutateFiles()
  process.exitCode = good ? 0 : 1
} finally {
  await stopPostgres()
}

/** What the tests find when they are run by `npm test`. */
async function prepare(): Promise<() => Promise<void>> {
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/keywright-mutate/compiled')
  await findChromium()
  if (process.env.KEYWRIGHT_TEST_POSTGRES) return async () => {}
  const postgres = await startPostgres()
  process.env.KEYWRIGHT_TEST_POSTGRES = postgres.url
  return postgres.stop
}

async function mutateFiles(): Promise<boolean> {
  const cacheFile = join(root, 'node_modules/.cache/keywright-mutate/verdicts.json')
  if (options.fresh) rmSync(cacheFile, { force: true })
  const cache = new Cache<Known>(cacheFile)
  const testFiles = globSync(['packages/server/**/*.test.ts', 'e2e/**/*.test.ts'], { exclude: ['**/node_modules/**'] })
  const tests = options.list ? [] : await measureTests(testFiles.sort(), root, say)
  const budget = Number(options.budget) || Infinity
  const world = { tests, root, cache, budget, records: new Map() }
  const judgements: Judgement[] = []
  for (const file of files) {
    const source = readSource(file)
    const mutants = mutantsOf(source).filter((_, at) => at % Number(options.sample) === 0)
    if (options.list) {
      for (const mutant of mutants) say(inOneLine(mutant))
      continue
    }
    const judge = new Judge(source, hashOf(readFileSync(file)), world)
    const waiting = mutants.values()
    const judged: Judgement[] = []
    const worker = async (_: unknown, number: number) => {
      for (const mutant of waiting) {
        const judgement = await judge.judge(mutant, join(temporary, `${number}.js`))
        judged.push(judgement)
        if (judgement.killedBy) continue
        const why = reasonFor(mutant) ?? `${judgement.ran} of ${judgement.reachedBy} test files ran`
        say(`${inOneLine(mutant)} (${why})`)
      }
    }
    await Promise.all(Array.from({ length: Number(options.jobs) }, worker))
    say(summary(file, judged))
    judgements.push(...judged)
  }
  if (options.list) return true
  say(summary('all', judgements))
  const killed = judgements.filter((judgement) => judgement.killedBy).length
  return killed >= (judgements.length * Number(options.threshold)) / 100
}
