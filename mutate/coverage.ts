import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Cache, hashOf } from './cache.ts'
import { runTest } from './run-test.ts'

/** What one test file runs of one source file. */
interface Reach {
  /** Of the source file when it was measured. */
  readonly hash: string
  /** One list for each process that ran it. */
  readonly processes: Range[][]
}
type Range = [start: number, end: number, ran: 0 | 1]

interface Measured {
  readonly seconds: number
  /** By path of the source file. */
  readonly reach: Record<string, Reach>
}

export interface TestFile {
  readonly path: string
  readonly hash: string
  readonly seconds: number
  reaches(file: string, hash: string, offset: number): boolean
}

const limitMs = 600_000

/** Runs every test file once, to see what it executes; then remembers that for as long as the test file stays as it is. */
export async function measureTests(files: string[], root: string, say: (line: string) => void): Promise<TestFile[]> {
  const cache = new Cache<Measured | { failed: string }>(
    join(root, 'node_modules/.cache/keywright-mutate/coverage.json'),
  )
  const tests: TestFile[] = []
  for (const path of files) {
    const hash = hashOf(readFileSync(join(root, path)))
    const key = `${path} ${hash}`
    const measured = cache.get(key) ?? (await measure(path, root))
    if ('failed' in measured) say(`left out, because it fails with nothing broken: ${path}: ${measured.failed}`)
    else {
      cache.set(key, measured)
      tests.push({ path, hash, seconds: measured.seconds, reaches: (...at) => reaches(measured, ...at) })
    }
  }
  return tests
}

async function measure(path: string, root: string): Promise<Measured | { failed: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'keywright-coverage-'))
  try {
    const start = performance.now()
    // V8 forgets what it counts where compiled code comes from a cache.
    const environment = { NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: '1' }
    const verdict = await runTest(join(root, path), environment, limitMs)
    if (!verdict.passed) return { failed: verdict.by }
    const seconds = (performance.now() - start) / 1000
    return { seconds, reach: readCoverage(folder, root) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface ScriptCoverage {
  url: string
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[]
}

/** Each process of a test leaves a file. */
function readCoverage(folder: string, root: string): Record<string, Reach> {
  const reach: Record<string, Reach> = {}
  for (const file of globSync('*.json', { cwd: folder })) {
    const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { result: ScriptCoverage[] }
    for (const { url, functions } of result) {
      if (!url.startsWith('file:') || url.includes('/node_modules/') || !url.endsWith('.ts')) continue
      const path = relative(root, fileURLToPath(url))
      if (!path.startsWith('packages/server/src/') || path.endsWith('.test.ts')) continue
      const ranges = functions.flatMap((one) => one.ranges)
      reach[path] ??= { hash: hashOf(readFileSync(join(root, path))), processes: [] }
      reach[path].processes.push(ranges.map((range) => [range.startOffset, range.endOffset, range.count > 0 ? 1 : 0]))
    }
  }
  return reach
}

/** In a file that has changed since, every line counts as reached. */
function reaches({ reach }: Measured, file: string, hash: string, offset: number): boolean {
  const known = reach[file]
  if (!known) return false
  if (known.hash !== hash) return true
  return known.processes.some((ranges) => ran(ranges, offset))
}

/** The narrowest range around it says whether it ran. */
function ran(ranges: Range[], offset: number): boolean {
  const around = ranges.filter(([start, end]) => offset >= start && offset < end)
  const [narrowest] = around.sort((one, other) => one[1] - one[0] - (other[1] - other[0]))
  return narrowest?.[2] === 1
}
