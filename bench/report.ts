import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** The answer to one question. */
export interface Report {
  name: string
  asks: string
  columns: readonly string[]
  /** Cells as they are printed; the first names the row. */
  rows: readonly (readonly string[])[]
  verdicts: readonly Verdict[]
  /** For programs. */
  figures: unknown
}

/** What was promised, what is, and whether that is good enough. Without `most` nothing was promised. */
export interface Verdict {
  says: string
  value: number
  most?: number
  unit: '×' | 's' | 'MB'
}

export const isMissed = ({ value, most }: Verdict): boolean => most !== undefined && !(value <= most)

/** Three digits that matter. */
export const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3)

export function printReport({ name, asks, columns, rows, verdicts }: Report): void {
  const table = [['', ...columns], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length))) ?? []
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
      .join(''),
  )
  console.log(`\n${name}: ${asks}\n\n  ${lines.join('\n  ')}\n`)
  for (const verdict of verdicts) console.log(`  ${sentence(verdict)}`)
}

function sentence(verdict: Verdict): string {
  const { says, value, most, unit } = verdict
  const said = `${says}: ${digits(value)} ${unit}`
  if (most === undefined) return said
  return `${said}, at most ${most} ${unit}  ${isMissed(verdict) ? 'MISSED' : 'ok'}`
}

/** Kept beside the bench: each run under its date, and the newest that asked everything under a name of its own. */
export async function keepReports(reports: readonly Report[], everything: boolean): Promise<void> {
  const folder = new URL('results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  const [processor] = cpus()
  const machine = {
    processor: processor?.model,
    cores: cpus().length,
    node: process.version,
    platform: process.platform,
  }
  const text = `${JSON.stringify({ date: new Date().toISOString(), machine, reports: reports.map(summary) }, null, 2)}\n`
  await writeFile(new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder), text)
  if (everything) await writeFile(new URL('latest.json', folder), text)
}

const summary = ({ name, figures, verdicts }: Report) => ({
  name,
  figures,
  verdicts: verdicts.map((verdict) => ({ ...verdict, ok: !isMissed(verdict) })),
})
