import type { LogEvent } from '#logs/log-event.ts'
import type { Database } from '../database.ts'
import type { LogQueue } from '../log-queue.ts'
import { type Param, prepare } from '../statement.ts'
import type { LogStore } from '../store.ts'

type Page = { tenantId: string; limit: number; date: number; logId: string; type: string }

export function logEventTable(db: Database, queue: LogQueue) {
  const byId = prepare(db, (query, param: Param<Pick<Page, 'tenantId' | 'logId'>>) =>
    query
      .selectFrom('log_events')
      .select('document')
      .where('tenant_id', '=', param('tenantId'))
      .where('log_id', '=', param('logId')),
  )
  const page = (query: Database['query'], param: Param<Omit<Page, 'type'>>) =>
    query
      .selectFrom('log_events')
      .select('document')
      .where('tenant_id', '=', param('tenantId'))
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('date', 'log_id'), '<', tuple<number, string>(param('date'), param('logId'))),
      )
      .orderBy('date', 'desc')
      .orderBy('log_id', 'desc')
      .limit(param('limit'))
  const before = prepare(db, page)
  const ofTypeBefore = prepare(db, (query, param: Param<Page>) => page(query, param).where('type', '=', param('type')))

  return (tenantId: string): LogStore => {
    async function find(logId: string): Promise<LogEvent | undefined> {
      const [row] = await db.read(byId({ tenantId, logId }))
      return row && toLogEvent(row)
    }
    return {
      append: (event) => queue.append(tenantId, event),
      flush: () => queue.flush(),
      find,
      async list({ limit, type, before: logId }) {
        const last = logId === undefined ? undefined : await find(logId)
        if (logId !== undefined && !last) return []
        const position = { tenantId, limit, date: last?.date ?? Number.MAX_SAFE_INTEGER, logId: logId ?? '' }
        const query = type === undefined ? before(position) : ofTypeBefore({ ...position, type })
        return (await db.read(query)).map(toLogEvent)
      },
    }
  }
}

const toLogEvent = (row: { document: string }): LogEvent => JSON.parse(row.document) as LogEvent
