import type { Contender } from './contenders/contender.ts'
import type { Driver } from './driver.ts'
import { type Comparison, type Effort, interleave } from './interleave.ts'
import type { Question } from './questions/index.ts'
import { digits, type Report, type Verdict } from './report.ts'

/** Asks all contenders one question, and says what was promised and what is. */
export async function compareAt(
  question: Question,
  contenders: readonly Contender[],
  driver: Driver,
  effort: Effort,
): Promise<Report> {
  const comparison = await interleave(question, contenders, driver, effort)
  const ours = contenders.filter(({ dialect }) => dialect === 'keywright').map(({ name }) => name)
  return {
    name: question.name,
    asks: question.asks,
    columns: ['ops/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms/op'],
    rows: comparison.figures.map((row) => [
      row.contender,
      ...[row.operationsPerSecond, row.p50, row.p95, row.p99, row.cpu].map(digits),
    ]),
    verdicts: verdicts(ours, question, comparison),
    figures: comparison.figures,
  }
}

function verdicts(names: readonly string[], { targets }: Question, { ratio }: Comparison): Verdict[] {
  const promised = names.flatMap((name) =>
    (['floor', 'oidc-provider'] as const).map((against) => {
      const most = targets.find((target) => target.against === against)?.most
      return { says: `CPU of ${name} / ${against}`, value: ratio(name, against), most }
    }),
  )
  // How far down one could go: where signatures are dear, the rest is a small part for everybody.
  const possible = { says: 'CPU of floor / oidc-provider', value: ratio('floor', 'oidc-provider'), most: undefined }
  return [...promised, possible].flatMap(({ value, ...told }) =>
    value === undefined ? [] : [{ ...told, value, unit: '×' as const }],
  )
}
