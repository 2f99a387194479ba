import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mutated, runTest } from './run-test.ts'
import { sourceOf } from './source.ts'

/** A break that the tests of one requirement must notice. */
export interface NamedBreak {
  /** The requirement; only the tests that have it in their name count. */
  readonly id: string
  /** From `packages/server/src/`. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly before: string
  readonly after: string
  /** From the root. */
  readonly test: string
}

export const sources = 'packages/server/src'
const patienceMs = 600_000

/** The file with the break in it, in TypeScript; undefined if what is to be broken does not stand there exactly once. */
export function withBreak(text: string, { before, after }: NamedBreak): string | undefined {
  return text.split(before).length === 2 ? text.replace(before, () => after) : undefined
}

export async function runNamedBreaks(
  breaks: readonly NamedBreak[],
  { root, temporary, say }: { root: string; temporary: string; say: (line: string) => void },
): Promise<boolean> {
  let good = true
  const bad = (line: string) => {
    good = false
    say(`✖ ${line}`)
  }
  for (const wanted of breaks) {
    const { id, file, before, test } = wanted
    const path = join(sources, file)
    const text = withBreak(readFileSync(join(root, path), 'utf8'), wanted)
    const what = `${id} ${file}: ${before.replace(/\s+/g, ' ')}`
    if (text === undefined) {
      bad(`${what}: must stand there exactly once; has the code changed?`)
      continue
    }
    const codeFile = join(temporary, 'named.js')
    writeFileSync(codeFile, sourceOf(path, text).code)
    const run = (environment: NodeJS.ProcessEnv) =>
      runTest(join(root, test), environment, patienceMs, [`--test-name-pattern=\\b${id}\\b`])
    const [whole, broken] = [await run({}), await run(mutated(join(root, path), codeFile))]
    if (!whole.passed) bad(`${what}: ${test} fails with nothing broken: ${whole.by}`)
    else if (broken.passed) bad(`${what}: ${test} noticed nothing`)
    else say(`✔ ${what}: ${broken.by}`)
  }
  return good
}
