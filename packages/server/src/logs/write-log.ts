import type { Context, LogEntry } from '#context.ts'
import { type Random, randomHex } from '#crypto/random-id.ts'

/** Queues one line for the tenant's log. @returns its id, the reference that people are shown */
export function writeLog(entry: LogEntry, ctx: Context): string {
  const date = ctx.now()
  const logId = logIdAt(date, ctx.random)
  ctx.store.logs.append({
    logId,
    date,
    ip: ctx.caller.ip,
    userAgent: ctx.caller.userAgent,
    hostname: ctx.tenant.domain,
    auth0Client: ctx.caller.auth0Client,
    ...entry,
  })
  return logId
}

/** Sorts by time as text, so that paging backwards needs no other column. */
export const logIdAt = (date: number, random: Random): string =>
  `${date.toString(36).padStart(9, '0')}${randomHex(random, 8)}`
