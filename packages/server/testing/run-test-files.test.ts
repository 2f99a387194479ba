import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywright-runner-'))
})
after(() => rm(folder, { recursive: true }))

const files = {
  'an-open-handle': `test('leaves an interval running', () => { setInterval(() => {}, 10) })`,
  'an-endless-loop': `test('never ends', () => { for (;;); })`,
  good: `test('one', () => {}); test('two', () => {})`,
  bad: `test('fails', () => { throw new Error('so it is') })`,
}

/** What the runner prints about these files, in a process of its own: test files cannot run test files. */
async function runAll(quiet: number): Promise<string> {
  const paths: string[] = []
  for (const [name, body] of Object.entries(files)) {
    paths.push(join(folder, `${name}.test.mjs`))
    await writeFile(join(folder, `${name}.test.mjs`), `import { test } from 'node:test'\n${body}\n`)
  }
  const program = `
    import { runTestFiles } from ${JSON.stringify(new URL('./run-test-files.ts', import.meta.url).href)}
    import { TestReport } from ${JSON.stringify(new URL('./test-report.ts', import.meta.url).href)}
    const report = new TestReport(${JSON.stringify(folder)})
    await runTestFiles(${JSON.stringify(paths)}, report, 2, { test: 120_000, quiet: ${quiet}, file: 60_000 })
    const { problems, counts } = report.finish()
    for (const line of [...problems, ...counts]) console.log(line)
    process.exit(0)`
  const main = join(folder, 'main.mjs')
  await writeFile(main, program)
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const child = spawn(process.execPath, [main], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return text(child.stdout)
}

test('a file that does not end is killed and has failed, and the others are run', async () => {
  const said = await runAll(15_000)
  for (const name of ['an-open-handle', 'an-endless-loop']) {
    assert.match(said, new RegExp(`✖ ${name}\\.test\\.mjs killed`), said)
    assert.match(said, new RegExp(`^killed after .* s: ${name}\\.test\\.mjs$`, 'm'))
  }
  assert.match(said, /✔ good\.test\.mjs 2 /)
  assert.match(said, /✖ bad\.test\.mjs 1 of 1 failed/)
  assert.match(said, /so it is/)
  assert.match(said, /^# pass 3$/m)
})
