import pg from 'pg'
import type { ChangeFeed, Query, Row, Step } from './database.ts'
import { momentOfPostgres, type PostgresClock } from './postgres-clock.ts'
import { connectionOptions, toPostgres } from './postgres-options.ts'

const channel = 'keywright_configuration'

/** Milliseconds between looks at the versions. Notifications are faster; this is for when they do not arrive. */
const interval = 1_000
/** When we could not look for this long, nothing that we remember counts: better no answer than an old one (SEC-334). */
const patience = 5_000

interface PostgresChanges extends ChangeFeed {
  announcement(): Step[]
  close(): Promise<void>
}

/** At least one row comes, for the time's sake. */
type Look = { told: number; tenant_id: string | null; version: number | null }

/**
 * Hears of changes by LISTEN, and looks for them once a second, because a connection can be lost without a word. Each look tells
 * the clock the database's time, too.
 */
export async function postgresChanges(
  url: string,
  read: <T>(query: Query<T>) => Promise<T[]>,
  clock: PostgresClock,
  onError: (error: unknown) => void,
): Promise<PostgresChanges> {
  const nothing: readonly string[] = []
  let changed = new Set<string>()
  let lastVersion = 0
  let lastLook = performance.now()
  let looking: Promise<void> | undefined
  let again = false
  let closed = false

  async function look() {
    const begun = performance.now()
    const newer: Query<Look> = {
      sql: `SELECT moment.told, newer.tenant_id, newer.version FROM (SELECT ${momentOfPostgres} AS told) AS moment
        LEFT JOIN configuration_versions AS newer ON newer.version > $1`,
      parameters: [lastVersion],
      name: 'configuration_changes',
    }
    // On the listener's own connection, if it has one: when all others are busy, what we remember matters most.
    const rows = (await listener.read(newer)) ?? (await read(newer))
    const answered = performance.now()
    for (const { told, tenant_id, version } of rows) {
      clock.learn(told, begun, answered)
      if (tenant_id === null || version === null) continue
      changed.add(tenant_id)
      lastVersion = Math.max(lastVersion, version)
    }
    lastLook = begun
  }

  /** A notification that comes during a look may be about something too late for it: then there is another. */
  function lookSoon() {
    if (looking) {
      again = true
      return
    }
    looking = look()
      .catch((error: unknown) => {
        if (!closed) onError(error) // else it is our own closing that it complains of
      })
      .finally(() => {
        looking = undefined
        if (again) {
          again = false
          lookSoon()
        }
      })
  }

  const listener = listen(url, lookSoon, onError)
  await look()
  const timer = setInterval(() => {
    lookSoon()
    listener.reconnect()
  }, interval).unref()

  return {
    changed() {
      if (performance.now() - lastLook > patience) return 'all'
      if (changed.size === 0) return nothing
      const tenants = [...changed]
      changed = new Set()
      return tenants
    },
    announcement: () => [{ query: { sql: `NOTIFY ${channel}`, parameters: [] } }],
    async close() {
      closed = true
      clearInterval(timer)
      await listener.close()
      await looking
    },
  }
}

function listen(url: string, onChange: () => void, onError: (error: unknown) => void) {
  let client: pg.Client | undefined
  let listening: pg.Client | undefined
  let closed = false

  function reconnect() {
    if (client || closed) return
    const mine = new pg.Client(connectionOptions(url))
    client = mine
    const lost = () => {
      if (client === mine) client = listening = undefined
    }
    mine.on('notification', onChange)
    mine.on('end', lost)
    mine.on('error', (error) => {
      lost()
      onError(error)
    })
    mine
      .connect()
      .then(() => mine.query(`LISTEN ${channel}`))
      .then(() => {
        if (client === mine) listening = mine
        onChange() // something may have changed while nobody listened
      })
      .catch((error: unknown) => {
        lost()
        if (!closed) onError(error)
        return mine.end().catch(() => {})
      })
  }

  reconnect()
  return {
    reconnect,
    /** Undefined while there is no connection. */
    read: async <T>(query: Query<T>) => (await listening?.query<Row>(toPostgres(query)))?.rows as T[] | undefined,
    async close() {
      closed = true
      await client?.end().catch(() => {})
    },
  }
}
