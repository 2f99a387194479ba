import { z } from 'zod'
import { StartError } from '#errors.ts'

export const groups = {
  listening: 'Listening and the public URL',
  database: 'Database and secret',
  'tenant-file': 'Tenant file',
  'tls-and-proxies': 'TLS and proxies',
  outgoing: 'Calls to other servers',
  logging: 'Logging',
} as const

/** A row of the table in `config.ts`. Help and the reference are written from it. */
export interface Setting<Value> {
  group: keyof typeof groups
  /** What counts when the variable is unset or empty, in words. */
  fallback: string
  meaning: string
  /** Why that default. */
  why: string
  /** What a value may be; completes the sentence "It may be …". */
  allowed: string
  /** Reads the text of the variable. Its issues say what is wrong with the value. */
  schema: z.ZodType<Value, string>
  /** What may be shown of a wrong value; the whole, unless it holds something secret. */
  show?: (value: string) => string
}

/** The value of one variable. Empty counts as unset, because that is how compose files and CI write "not set". */
export function readSetting<Value>(name: string, setting: Setting<Value>, text: string | undefined): Value | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const result = setting.schema.safeParse(text.trim())
  if (result.success) return result.data
  const shown = setting.show ? setting.show(text) : text
  throw wrongSetting(name, shown, result.error.issues[0]?.message ?? 'it is malformed', setting.allowed)
}

/** @param problem what is wrong, without a capital letter and a full stop */
export function wrongSetting(name: string, shown: string, problem: string, allowed: string): StartError {
  return new StartError(`${name} is ${JSON.stringify(shown)}: ${problem}. It may be ${allowed}.`)
}

/** A schema from a function that returns the value, or throws an Error whose message says what is wrong. */
export function parsedBy<Value>(parse: (text: string) => Value): z.ZodType<Value, string> {
  return z.string().transform((text, context) => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'it is malformed' })
      return z.NEVER
    }
  })
}
