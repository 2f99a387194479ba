import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestReport } from './test-report.ts'

/** In milliseconds. */
export interface Patience {
  /** Of one test. */
  test: number
  /** Of a file that says nothing: more than one test's, so nothing will come any more. A handle that nobody closed, mostly. */
  quiet: number
  /** Of a whole file, whatever it says. */
  file: number
}

/** For a machine that is several times overloaded. */
export const patience: Patience = { test: 120_000, quiet: 180_000, file: 900_000 }

/** A process that was told to end and does not is left behind after this. */
const grace = 5_000

/**
 * Runs each file in a process of its own, so many at a time. A file that does not end is killed, has failed, and holds up nobody:
 * `npm test` always ends.
 */
export async function runTestFiles(
  files: readonly string[],
  report: TestReport,
  concurrency: number,
  limits: Patience = patience,
): Promise<void> {
  const waiting = files.values()
  const lane = async () => {
    for (const file of waiting) await runFile(file, report, limits)
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

async function runFile(file: string, report: TestReport, limits: Patience): Promise<void> {
  const killing = new AbortController()
  const begun = performance.now()
  let lastEvent = begun
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>()
  const watch = setInterval(
    () => {
      const now = performance.now()
      if (now - begun < limits.file && now - lastEvent < limits.quiet) return
      clearInterval(watch)
      report.killed(file)
      killing.abort()
      pause(grace).then(giveUp, giveUp)
    },
    Math.min(1000, limits.quiet),
  )
  const listen = async () => {
    for await (const event of run({ files: [file], timeout: limits.test, signal: killing.signal })) {
      lastEvent = performance.now()
      report.take(event as TestEvent)
    }
  }
  try {
    await Promise.race([listen(), givenUp])
  } finally {
    clearInterval(watch)
  }
}
