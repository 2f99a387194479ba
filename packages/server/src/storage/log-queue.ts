import type { LogEvent } from '#logs/log-event.ts'
import { eventDocument } from './bounded-event.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'
import { prepareInsert } from './statement.ts'

/** Events of all tenants on their way to the database: a request never waits for its log. */
export interface LogQueue {
  append(tenantId: string, event: LogEvent): void
  /** Settles when what is queued now is stored. Does not reject: what cannot be stored is reported to `onError`. */
  flush(): Promise<void>
}

type Row = Schema['log_events']

/** Milliseconds an event may wait for company. */
const delay = 200
const fullBatch = 256
/** Characters. Beyond, the database has been away for long, and memory matters more. */
const capacity = 32 * 1024 * 1024
/** What one tenant may have of it: a flood at one must not silence the others. */
const shareOfOne = capacity / 4
/** Of an event that is empty. */
const overhead = 200

export function logQueue(db: Database, now: () => number, onError: (error: unknown) => void): LogQueue {
  const insert = batchInserts(db)
  const queue: Row[] = []
  const sizes = new Map<string, number>()
  let size = 0
  let dropped = new Map<string, number>()
  let confessions = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  function push(tenantId: string, event: LogEvent) {
    const { logId, date, type } = event
    const row = { tenant_id: tenantId, log_id: logId, date, type, document: eventDocument(event) }
    queue.push(row)
    count(row, 1)
  }

  function count({ tenant_id: tenantId, document }: Row, sign: 1 | -1) {
    const change = sign * (document.length + overhead)
    const ofTenant = (sizes.get(tenantId) ?? 0) + change
    size += change
    if (ofTenant > 0) sizes.set(tenantId, ofTenant)
    else sizes.delete(tenantId)
  }

  /** Nobody should wonder why events are missing: each tenant is told how many. */
  function confess() {
    const losses = dropped
    dropped = new Map()
    for (const [tenantId, count] of losses) {
      const date = now()
      const description = `${count} log events were dropped because the database did not take them in time`
      push(tenantId, { logId: `dropped-${date}-${process.pid}-${confessions++}`, date, type: 'w', description })
    }
  }

  async function writeAll() {
    while (queue.length > 0) {
      const batch = queue.slice(0, fullBatch)
      await db.transactLazily(insert(batch))
      for (const row of queue.splice(0, batch.length)) count(row, -1)
      if (dropped.size > 0) confess()
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing ??= writeAll()
      .catch(onError)
      .finally(() => {
        writing = undefined
        if (queue.length > 0) schedule()
      })
    return writing
  }

  function schedule() {
    timer ??= setTimeout(() => void flush(), delay).unref()
  }

  return {
    append(tenantId, event) {
      if (size >= capacity || (sizes.get(tenantId) ?? 0) >= shareOfOne) {
        dropped.set(tenantId, (dropped.get(tenantId) ?? 0) + 1)
        return
      }
      push(tenantId, event)
      if (queue.length >= fullBatch && !writing) void flush()
      else schedule()
    },
    flush,
  }
}

/** Batches are cut into powers of two, so that a handful of statements, each kept prepared, serves every size. */
function batchInserts(db: Database) {
  const columns = ['tenant_id', 'log_id', 'date', 'type', 'document'] as const
  const sizes = [256, 128, 64, 32, 16, 8, 4, 2, 1].map((rows) => ({
    rows,
    insert: prepareInsert(db, 'log_events', columns, { rows, orNothing: true }),
  }))
  return (batch: readonly Row[]) => {
    const steps = []
    let done = 0
    for (const { rows, insert } of sizes) {
      while (batch.length - done >= rows) {
        steps.push({ query: insert(...batch.slice(done, done + rows)) })
        done += rows
      }
    }
    return steps
  }
}
