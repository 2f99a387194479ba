import type { Context, LogEntry } from '#context.ts'
import { type Random, randomHex } from '#crypto/random-id.ts'

/** Queues one line for the tenant's log. @returns its id, the reference that people are shown */
export function writeLog(entry: LogEntry, ctx: Context): string {
  const date = ctx.now()
  const logId = logIdAt(date, ctx.random)
  const append = (id: string, what: LogEntry) =>
    ctx.store.logs.append({
      logId: id,
      date,
      ip: ctx.caller.ip,
      userAgent: ctx.caller.userAgent,
      hostname: ctx.tenant.domain,
      auth0Client: ctx.caller.auth0Client,
      ...what,
    })
  const left = isStrangers(entry) ? ctx.limits.use('strangersLog', '', sizeOf(entry)) : 'enough'
  if (left !== 'none') append(logId, entry)
  if (left === 'last') append(logIdAt(date, ctx.random), { type: 'w', description: silence })
  return logId
}

/** Anybody can cause it, and as often as they like; what a client or a user does has limits of its own. */
const isStrangers = ({ type, userId }: LogEntry): boolean => userId === undefined && /^(f|limit_|w)/.test(type)

/** In KiB, begun ones whole; longer ones than eight are cut when they are stored. */
const sizeOf = (entry: LogEntry): number => Math.min(8, Math.ceil(JSON.stringify(entry).length / 1024))

const silence = 'This address causes so many failures that most of the following ones are not written down'

/** Sorts by time as text, so that paging backwards needs no other column. */
export const logIdAt = (date: number, random: Random): string =>
  `${date.toString(36).padStart(9, '0')}${randomHex(random, 8)}`
