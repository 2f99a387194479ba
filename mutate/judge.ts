import { writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Cache } from './cache.ts'
import type { TestFile } from './coverage.ts'
import { broken, type Mutant } from './mutants.ts'
import { mutated, runTest } from './run-test.ts'
import type { Source } from './source.ts'

export interface Judgement {
  readonly mutant: Mutant
  /** The test file, and what failed in it. */
  readonly killedBy?: string
  /** How many test files execute the line, and how many of them were run. */
  readonly reachedBy: number
  readonly ran: number
}

/** Of one mutant: test files that noticed it, or did not, each by path and hash. */
export type Known = { killedBy?: { test: string; failed: string }; survived: string[] }

export interface World {
  readonly tests: TestFile[]
  readonly root: string
  readonly cache: Cache<Known>
  /** Seconds of tests, as they take with nothing broken. */
  readonly budget: number
  readonly records: Map<TestFile, { tries: number; kills: number }>
}

/** Finds for the mutants of one file a test that fails, beginning with the one that most likely and most quickly does. */
export class Judge {
  readonly #source: Source
  readonly #hash: string
  readonly #tests: TestFile[]
  readonly #root: string
  readonly #cache: Cache<Known>
  readonly #budget: number
  /** Of all the files of this run: what has noticed breaks here will do so next door. */
  readonly #records: Map<TestFile, { tries: number; kills: number }>

  constructor(source: Source, hash: string, world: World) {
    this.#source = source
    this.#hash = hash
    this.#tests = world.tests
    this.#root = world.root
    this.#cache = world.cache
    this.#budget = world.budget
    this.#records = world.records
  }

  /** `codeFile` is where the broken module is written to; each mutant that is judged at the same time needs its own. */
  async judge(mutant: Mutant, codeFile: string): Promise<Judgement> {
    const known: Known = this.#cache.get(mutant.id) ?? { survived: [] }
    const tests = this.#tests.filter((test) => test.reaches(mutant.file, this.#hash, mutant.start))
    const killer = tests.find((test) => name(test) === known.killedBy?.test)
    if (killer && known.killedBy) {
      this.#note(killer, true)
      return { mutant, killedBy: `${killer.path}: ${known.killedBy.failed}`, reachedBy: tests.length, ran: 1 }
    }

    writeFileSync(codeFile, broken(this.#source, mutant))
    const environment = mutated(join(this.#root, mutant.file), codeFile)
    const survived = tests.filter((test) => known.survived.includes(name(test)))
    let spent = 0 // of this run: the next one goes on where it ends
    // A test that noticed it before it was changed itself is the first that may do so again.
    const before = known.killedBy?.test.split(' ')[0]
    const waiting = this.#byPromise(tests.filter((one) => !survived.includes(one)))
    for (const test of waiting.toSorted((one, other) => +(other.path === before) - +(one.path === before))) {
      // However slow they are: those of the same folder are about it.
      if (spent >= this.#budget && posix.dirname(test.path) !== posix.dirname(mutant.file)) continue
      spent += test.seconds
      const verdict = await runTest(join(this.#root, test.path), environment, patience(test))
      this.#note(test, !verdict.passed)
      if (!verdict.passed) {
        this.#cache.set(mutant.id, { survived: [], killedBy: { test: name(test), failed: verdict.by } })
        const ran = survived.length + 1
        return { mutant, killedBy: `${test.path}: ${verdict.by}`, reachedBy: tests.length, ran }
      }
      survived.push(test)
    }
    this.#cache.set(mutant.id, { survived: survived.map(name) })
    return { mutant, reachedBy: tests.length, ran: survived.length }
  }

  #byPromise(tests: TestFile[]): TestFile[] {
    const promise = (test: TestFile) => {
      const { tries, kills } = this.#records.get(test) ?? { tries: 0, kills: 0 }
      // Every process costs something, however short its tests are.
      return (kills + 2 * nearness(test.path, this.#source.path)) / (tries + 2) / (test.seconds + 0.5)
    }
    return tests.toSorted((one, other) => promise(other) - promise(one))
  }

  #note(test: TestFile, killed: boolean): void {
    const { tries, kills } = this.#records.get(test) ?? { tries: 0, kills: 0 }
    this.#records.set(test, { tries: tries + 1, kills: kills + (killed ? 1 : 0) })
  }
}

const name = (test: TestFile) => `${test.path} ${test.hash}`

/** Ten times what it takes, on a machine that does other things too: whatever is not done then never will be. */
const patience = (test: TestFile) => Math.max(20_000, test.seconds * 10_000)

/** A guess at how often this test notices a break of that file. */
export function nearness(test: string, file: string): number {
  const stem = (path: string) => posix.basename(path).split('.')[0]
  const room = (path: string) => path.split('/').slice(0, 4).join('/')
  if (posix.dirname(test) === posix.dirname(file)) return stem(test) === stem(file) ? 0.9 : 0.5
  if (room(test) === room(file)) return 0.3
  return test.startsWith('packages/server/src/') ? 0.15 : 0.05
}
