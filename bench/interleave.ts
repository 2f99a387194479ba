import type { Contender } from './contenders/contender.ts'
import { usageOf } from './cpu.ts'
import type { Driver } from './driver.ts'
import type { Question } from './questions/index.ts'

/** One contender, medians over all rounds. */
export interface Figures {
  contender: string
  operationsPerSecond: number
  /** Milliseconds. */
  p50: number
  p95: number
  p99: number
  /** Processor milliseconds of the server per operation. */
  cpu: number
}

export interface Comparison {
  figures: Figures[]
  /** Processor time as a multiple of that of the contender `against`: the median of the ratios of all rounds. */
  ratio(contender: string, against: string): number | undefined
}

export interface Effort {
  /** Measured seconds for each contender. */
  seconds: number
  visitors: number
  /** Seconds of one turn, if not the usual. */
  turn?: number
}

/** Milliseconds that a server may still work after the last answer: what it left for later counts, too. */
const afterwork = 300
const roundSeconds = 1.25

/**
 * The contenders take turns in short rounds: whatever else the machine does, it does to all of them. Only ratios within
 * one run mean anything on a machine that is shared.
 */
export async function interleave(
  question: Question,
  contenders: readonly Contender[],
  driver: Driver,
  { seconds, visitors, turn = roundSeconds }: Effort,
): Promise<Comparison> {
  const rounds = Math.max(3, Math.round(seconds / turn))
  const arrive = (contender: Contender) => driver.give(arrival(question, contender, visitors))
  for (const contender of contenders) {
    await arrive(contender)
    await measure(contender, driver, Math.min(2, seconds / 3)) // until the compiler is done
  }
  const measured = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotated(contenders, round)) {
      if (question.freshRounds) await arrive(contender)
      measured.get(contender.name)?.push(await measure(contender, driver, seconds / rounds))
    }
  }
  for (const { name } of contenders) await driver.give({ do: 'leave', contender: name })
  return compare(measured)
}

function arrival(question: Question, { name, dialect, url, population }: Contender, visitors: number) {
  return { do: 'arrive', question: question.name, contender: name, dialect, url, visitors, population } as const
}

const rotated = <T>(list: readonly T[], by: number): T[] =>
  list.map((_, index) => list[(index + by) % list.length] as T)

async function measure(contender: Contender, driver: Driver, seconds: number): Promise<Figures> {
  const before = await usageOf(contender.server)
  const load = await driver.give({ do: 'work', contender: contender.name, seconds })
  await new Promise((resolve) => setTimeout(resolve, afterwork))
  const after = await usageOf(contender.server)
  return {
    contender: contender.name,
    operationsPerSecond: load.operations / (load.elapsed / 1000),
    p50: load.p50,
    p95: load.p95,
    p99: load.p99,
    cpu: (after.cpu - before.cpu) / load.operations,
  }
}

function compare(measured: ReadonlyMap<string, Figures[]>): Comparison {
  return {
    figures: [...measured].map(([contender, rounds]) => {
      const middle = (key: Exclude<keyof Figures, 'contender'>) => median(rounds.map((round) => round[key]))
      const [p50, p95, p99] = [middle('p50'), middle('p95'), middle('p99')]
      return { contender, operationsPerSecond: middle('operationsPerSecond'), p50, p95, p99, cpu: middle('cpu') }
    }),
    ratio(contender, against) {
      const [ours, theirs] = [measured.get(contender), measured.get(against)]
      if (!ours || !theirs) return undefined
      return median(ours.map(({ cpu }, round) => cpu / (theirs[round]?.cpu ?? Number.NaN)))
    },
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [upper = 0, lower = 0] = [sorted[middle], sorted[middle - 1]]
  return sorted.length % 2 === 1 ? upper : (upper + lower) / 2
}
