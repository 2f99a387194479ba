// `npm test`: types, format, lint, and every test, on SQLite and on a real PostgreSQL, with a real browser.
// `npm test -- word` runs only the tests of the files whose path contains the word, and no checks.
import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { findChromium } from './packages/server/testing/chromium-executable.ts'
import { startPostgres } from './packages/server/testing/postgres.ts'
import { runTestFiles } from './packages/server/testing/run-test-files.ts'
import { TestReport } from './packages/server/testing/test-report.ts'

const root = import.meta.dirname
process.chdir(root)
process.env.PATH = join(root, 'node_modules', '.bin') + delimiter + process.env.PATH

const failures: string[] = []

/** Runs one step of the whole; what it throws is printed and makes the run fail, but does not stop the others. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  const start = performance.now()
  const slow = setTimeout(() => console.log(`… ${name}`), 1000)
  const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`
  try {
    const result = await work()
    console.log(`✔ ${name} (${took()})`)
    return result
  } catch (error) {
    console.log(`✖ ${name} (${took()})\n${error instanceof Error ? error.message : String(error)}`)
    failures.push(name)
    return undefined
  } finally {
    clearTimeout(slow)
  }
}

function check(name: string, command: string, ...args: string[]): Promise<void> {
  const work = new Promise<void>((resolve, reject) => {
    execFile(command, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout}${stderr}`.trim() || error.message)) : resolve(),
    )
  })
  return step(name, () => work)
}

async function preparePostgres(): Promise<() => Promise<void>> {
  if (process.env.KEYWRIGHT_TEST_POSTGRES) return async () => {}
  const server = await startPostgres()
  process.env.KEYWRIGHT_TEST_POSTGRES = server.url
  return server.stop
}

async function runTests(files: string[]): Promise<string[]> {
  const report = new TestReport(root)
  await runTestFiles(files, report, Math.min(Math.max(availableParallelism(), 2), 8))
  const { problems, counts } = report.finish()
  failures.push(...problems)
  return counts
}

const word = process.argv[2] ?? ''
const files = globSync('{packages,demo,e2e,mutate}/**/*.test.ts', { exclude: ['**/node_modules/**', '**/dist/**'] })
  .filter((file) => file.includes(word))
  .sort() // demo/ and e2e/ first: they take longest, and so do not trail alone at the end
  .map((file) => join(root, file))

const checks = word
  ? []
  : [
      check('types', 'tsc', '--noEmit'),
      check('format', 'biome', 'ci', '--colors=off', '.'),
      check('lint', 'oxlint', '--type-aware', '--deny-warnings'),
    ]
const [stopPostgres] = await Promise.all([
  step('PostgreSQL', preparePostgres),
  step('Chromium', findChromium),
  ...checks,
])

if (files.length === 0) failures.push(`no test file has "${word}" in its path`)
const counts = stopPostgres && files.length > 0 ? await runTests(files) : []
await stopPostgres?.()

if (failures.length > 0) console.log(`\nFAILED\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
console.log(`\n${counts.join('\n')}`)
process.exit(failures.length > 0 ? 1 : 0)
