import type { Sealer } from '#crypto/seal.ts'
import { StartError } from '#errors.ts'
import { configurationCache } from './configuration-cache.ts'
import type { Database } from './database.ts'
import { indexClients } from './index-clients.ts'
import { keyClientDigests } from './key-client-digests.ts'
import { logQueue } from './log-queue.ts'
import { pendingMigrations } from './migrations/index.ts'
import { openSqlite } from './sqlite.ts'
import { prepare } from './statement.ts'
import type { Storage } from './store.ts'
import { storeFactory } from './store-factory.ts'
import { sweep } from './sweep.ts'
import { sweepClock } from './sweep-clock.ts'

export interface StorageOptions {
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  url: string
  /** Seals what the database must not know. */
  sealer: Sealer
  /** This machine's clock, in epoch milliseconds. Only SQLite, which has none of its own, goes by it. */
  now: () => number
  /** A clock that only ever goes on, in milliseconds since some moment; the machine's, if left out. */
  uptime?: () => number
  /** Hears of what goes wrong in the background; nobody waits for it there. */
  onError?: (error: unknown) => void
}

/**
 * Opens the database and applies missing migrations.
 * @throws StartError if the URL means nothing to us or a newer version has used the database; StorageUnavailable if it
 * cannot be reached
 */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { url, sealer, uptime = () => performance.now(), onError = () => {} } = options
  const db = await openDatabase(url, options.now, onError)
  const { now } = db
  const cache = configurationCache(db)
  const log = logQueue(db, now, onError)
  const clock = sweepClock(db, uptime, onError)
  const applied = prepare(db, (query) => query.selectFrom('migrations').select('name'))

  return {
    now,
    tenants: storeFactory({ db, cache, sealer, log }),
    indexClients: () => indexClients(db, cache),
    keyClientDigests: () => keyClientDigests(db, cache, sealer, now()),
    sweep: async (time) => ((await clock.believes(time)) ? sweep(db, time) : 0),
    exclusively: (task) => db.exclusively(task),
    async check() {
      const names = (await db.read(applied({}))).map(({ name }) => name)
      const [missing] = pendingMigrations(names)
      if (missing) throw new StartError(`The database lacks the migration "${missing.name}".`)
    },
    close: once(async () => {
      await log.flush()
      await db.close()
    }),
  }
}

/** Whoever closes what is closed has what they want. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

async function openDatabase(url: string, now: () => number, onError: (error: unknown) => void): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), now)
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgres } = await import('./postgres.ts') // its driver is only loaded where it is used
    return openPostgres(url, now, onError)
  }
  throw new StartError(
    'The database must be given as sqlite:PATH, sqlite::memory: or postgres://user:password@host/name.',
  )
}
