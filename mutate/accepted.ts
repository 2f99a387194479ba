import type { Mutant } from './mutants.ts'
import { sources } from './named.ts'
import { oneLine } from './report.ts'

/** A break that no test can notice, or need not, with the reason. It counts as not killed all the same. */
export interface Accepted {
  /** From `packages/server/src/`. */
  readonly file: string
  /** What is broken, with single spaces. */
  readonly before: string
  /** What it is broken into; left out for whatever it may be. */
  readonly after?: string
  readonly why: string
}

export const accepted: readonly Accepted[] = []

export const reasonFor = ({ file, before, after }: Mutant): string | undefined =>
  accepted.find(
    (one) =>
      file === `${sources}/${one.file}` &&
      one.before === oneLine(before) &&
      (one.after === undefined || one.after === oneLine(after)),
  )?.why
