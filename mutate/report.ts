import type { Judgement } from './judge.ts'
import type { Mutant } from './mutants.ts'

export const oneLine = (code: string): string => code.replace(/\s+/g, ' ').trim()

const short = (code: string) => {
  const line = oneLine(code)
  return line.length > 110 ? `${line.slice(0, 107)}…` : line
}

export const inOneLine = ({ file, line, operator, before, after }: Mutant): string =>
  `${file}:${line} ${operator}: ${short(before)} → ${short(after) || 'nothing'}`

export function summary(name: string, judgements: readonly Judgement[]): string {
  const all = judgements.length
  const killed = judgements.filter((judgement) => judgement.killedBy).length
  const untouched = judgements.filter((judgement) => judgement.reachedBy === 0).length
  const percent = all === 0 ? '100' : ((killed / all) * 100).toFixed(1)
  return `${name}: ${killed} of ${all} killed (${percent} %)${untouched ? `, ${untouched} that no test executes` : ''}`
}
