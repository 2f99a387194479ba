import type { LogEvent } from '#logs/log-event.ts'
import { printableLine } from '#printable.ts'

const columns: readonly [title: string, width: number, of: (event: LogEvent) => string | undefined][] = [
  ['WHEN (UTC)', 19, ({ date }) => new Date(date).toISOString().slice(0, 19).replace('T', ' ')],
  ['CODE', 6, ({ type }) => type],
  ['APPLICATION', 20, ({ clientName, clientId }) => clientName ?? clientId],
  ['USER', 28, ({ userName, userId }) => userName ?? userId],
  ['ADDRESS', 15, ({ ip }) => ip],
]

/**
 * Log events for a person at a terminal, a line each; what strangers had logged is cut and cannot move the cursor (SEC-304).
 * @param width of the terminal, in columns
 */
export function logTable(events: readonly LogEvent[], width: number): string {
  const used = columns.reduce((sum, [, wide]) => sum + wide + 2, 0)
  const rest = Math.max(20, width - used)
  const line = (cells: readonly (string | undefined)[], last: string | undefined) =>
    [...cells.map((cell, index) => fit(cell, columns[index]?.[1] ?? 0)), fit(last, rest).trimEnd()].join('  ')
  const titles = line(
    columns.map(([title]) => title),
    'WHAT',
  )
  const rows = events.map((event) =>
    line(
      columns.map(([, , of]) => of(event)),
      event.description ?? event.audience ?? event.connection,
    ),
  )
  return [titles, ...rows, ''].join('\n')
}

function fit(text: string | undefined, width: number): string {
  const letters = Array.from(printableLine(text ?? ''))
  const cut = letters.length > width ? [...letters.slice(0, width - 1), '…'] : letters
  return cut.join('').padEnd(width)
}
