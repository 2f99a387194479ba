import pino from 'pino'
import { printableJson, printableLine } from '#printable.ts'

export type Logger = Pick<pino.Logger, 'info' | 'warn' | 'error' | 'debug'>

/**
 * Structured JSON on stdout, written in the background; on a terminal, one readable line each. JSON ends up on terminals, too, and
 * escapes less than they need.
 */
export function createLogger(level: string, stream: NodeJS.WriteStream = process.stdout): Logger {
  if (!stream.isTTY) {
    const options = { level, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: printableJson } }
    return pino(options, pino.destination({ dest: 1, sync: false }))
  }
  return pino({ level, base: null }, { write: (line: string) => void stream.write(readable(line)) })
}

function readable(line: string): string {
  const { level, msg, time: _time, ...rest } = JSON.parse(line) as Record<string, unknown>
  const name = pino.levels.labels[Number(level)] ?? 'info'
  const more = Object.keys(rest).length > 0 ? ` ${printableJson(JSON.stringify(rest))}` : ''
  return `${printableLine(`${name === 'info' ? '' : `${name}: `}${String(msg)}`)}${more}\n`
}
