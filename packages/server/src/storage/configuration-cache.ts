import type { Database, Row, Step } from './database.ts'
import { prepare } from './statement.ts'

/** The list of tenants is kept like the configuration of a tenant of this id, which no tenant has. */
export const allTenants = '*'

/**
 * Managed resources and keys, as they were last read. A hit costs a look into a map. What this process changes is forgotten
 * before the change is acknowledged; what others change, as soon as the database's change feed tells.
 */
export interface ConfigurationCache {
  /** @param key unique within the tenant. What is not there is not remembered: nobody can fill us with wrong names. */
  find<T extends object>(tenantId: string, key: string, load: () => Promise<T | undefined>): Promise<T | undefined>
  /** The same for what answers to any of several keys; what is found is remembered under its own. */
  findAny<T extends object>(
    tenantId: string,
    keys: readonly string[],
    load: () => Promise<Found<T> | undefined>,
  ): Promise<T | undefined>
  /** Like `Database.transact`, and tells every process that this tenant's configuration has changed. */
  write(tenantId: string, steps: readonly Step[]): Promise<Row[][] | undefined>
}

interface Found<T> {
  key: string
  value: T
}

interface Entry {
  readonly generation: number
  readonly value: Promise<object>
}

/** @param capacity entries of all tenants together; the one that was not used for longest goes first */
export function configurationCache(db: Database, capacity = 10_000): ConfigurationCache {
  const entries = new Map<string, Entry>()
  const generations = new Map<string, number>()
  // Counted across tenants, so that forgetting one tenant's generation could never bring an old one back.
  let generation = 0
  let oldestValid = 0
  const announce = announcement(db)

  function forget(tenantIds: readonly string[] | 'all') {
    generation++
    if (tenantIds === 'all' || generations.size > capacity) {
      oldestValid = generation
      generations.clear()
    } else {
      for (const tenantId of tenantIds) generations.set(tenantId, generation)
    }
  }

  const validFrom = (tenantId: string) => generations.get(tenantId) ?? oldestValid

  function remember(key: string, entry: Entry) {
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size <= capacity) return
    for (const oldest of entries.keys()) {
      entries.delete(oldest)
      break
    }
  }

  function recall(tenantId: string, name: string): Promise<object> | undefined {
    const changed = db.changes.changed()
    if (changed.length > 0) forget(changed)
    const key = `${tenantId}\n${name}`
    const known = entries.get(key)
    if (!known) return undefined
    if (known.generation < validFrom(tenantId)) {
      entries.delete(key)
      return undefined
    }
    if (entries.size > capacity / 2) remember(key, known)
    return known.value
  }

  async function loadOnce<T extends object>(tenantId: string, load: () => Promise<Found<T> | undefined>) {
    // What is read now belongs to this generation, even if the tenant changes while we wait.
    const bornIn = generation
    const found = await load()
    if (!found) return undefined
    const value = deepFreeze(found.value)
    remember(`${tenantId}\n${found.key}`, { generation: bornIn, value: Promise.resolve(value) })
    return value
  }

  return {
    find<T extends object>(tenantId: string, key: string, load: () => Promise<T | undefined>) {
      const known = recall(tenantId, key)
      if (known) return known as Promise<T>
      return loadOnce(tenantId, async () => {
        const value = await load()
        return value && { key, value }
      })
    },

    async findAny<T extends object>(
      tenantId: string,
      keys: readonly string[],
      load: () => Promise<Found<T> | undefined>,
    ) {
      for (const key of keys) {
        const known = recall(tenantId, key)
        if (known) return known as Promise<T>
      }
      return loadOnce(tenantId, load)
    },

    async write(tenantId, steps) {
      try {
        return await db.transact([...steps, ...announce(tenantId)])
      } finally {
        forget([tenantId]) // even after an error: a commit that failed on the way back may have happened
      }
    },
  }
}

/** Locking the one counter makes configuration changes commit in the order of their versions: "newer than" misses none. */
function announcement(db: Database): (tenantId: string) => Step[] {
  const count = prepare<Record<string, never>, unknown>(db, (query) =>
    query
      .updateTable('configuration_versions')
      .set(({ eb }) => ({ version: eb('version', '+', 1) }))
      .where('tenant_id', '=', ''),
  )
  // Whoever announces through this has written the clients' terms along: what was complete stays so (0014-client-terms).
  const mark = prepare<{ tenantId: string }, unknown>(db, (query, param) =>
    query
      .insertInto('configuration_versions')
      .columns(['tenant_id', 'version', 'clients_indexed'])
      .expression((eb) =>
        eb
          .selectFrom('configuration_versions')
          .select((select) => [
            select.cast<string>(select.val(param('tenantId')), 'text').as('tenant_id'),
            'version',
            'version as clients_indexed',
          ])
          .where('tenant_id', '=', ''),
      )
      .onConflict((conflict) =>
        conflict.column('tenant_id').doUpdateSet((eb) => ({
          version: eb.ref('excluded.version'),
          clients_indexed: eb
            .case()
            .when('configuration_versions.clients_indexed', '=', eb.ref('configuration_versions.version'))
            .then(eb.ref('excluded.version'))
            .else(eb.ref('configuration_versions.clients_indexed'))
            .end(),
        })),
      ),
  )
  return (tenantId) => [{ query: count({}) }, { query: mark({ tenantId }) }, ...db.announcement()]
}

/** Everybody gets the same object. Whoever would change it, would change it for all (SEC-332). Keys are left as they are. */
function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    const plain = typeof member === 'object' && member !== null
    if (plain && [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(member))) deepFreeze(member)
  }
  return Object.freeze(value)
}
