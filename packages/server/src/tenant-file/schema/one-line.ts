import { z } from 'zod'

/** A name as pages, mails and logs show it: a line break or an escape sequence in it could pass for a line of theirs (SEC-326). */
export const oneLine = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'expected one line without control characters')

export const name = (max: number) => oneLine(max).min(1)

/** Auth0: a name of what developers make has no angle brackets. */
export const plainName = (max: number) => name(max).regex(/^[^<>]+$/, 'expected a name without < and >')
