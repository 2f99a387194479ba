import type { Sealer } from '#crypto/seal.ts'
import type { ConfigurationCache } from './configuration-cache.ts'
import type { Database } from './database.ts'
import type { LogQueue } from './log-queue.ts'
import type { Store, TenantStore } from './store.ts'
import { accessTokenTable, insertOpaqueToken } from './tables/access-tokens.ts'
import { attemptTable } from './tables/attempts.ts'
import { authorizationCodeTable } from './tables/authorization-codes.ts'
import { clientGrantTable } from './tables/client-grants.ts'
import { clientTable } from './tables/clients.ts'
import { connectionTable } from './tables/connections.ts'
import { consentTable } from './tables/consents.ts'
import { interactionTable } from './tables/interactions.ts'
import { issued as issuedBy } from './tables/issued.ts'
import { logEventTable } from './tables/log-events.ts'
import { insertFamily, refreshFamilyTable } from './tables/refresh-families.ts'
import { resourceServerTable } from './tables/resource-servers.ts'
import { sessionTable } from './tables/sessions.ts'
import { signingKeyTable } from './tables/signing-keys.ts'
import { tenantTable } from './tables/tenants.ts'
import { userTable } from './tables/users.ts'

interface Parts {
  db: Database
  cache: ConfigurationCache
  sealer: Sealer
  log: LogQueue
}

/** Tenants whose store is kept. */
const mostStores = 1000

/** Statements are compiled once for all tenants; a tenant's store only adds the tenant's id to each. */
export function storeFactory({ db, cache, sealer, log }: Parts): TenantStore {
  const issued = issuedBy(db)
  const insertToken = insertOpaqueToken(db)
  const { settingsOf, ...tenants } = tenantTable(db, cache)
  const clients = clientTable(db, cache, sealer, issued)
  const resourceServers = resourceServerTable(db, cache)
  const clientGrants = clientGrantTable(db, cache)
  const connections = connectionTable(db, cache, sealer)
  const signingKeys = signingKeyTable(db, cache, sealer)
  const users = userTable(db, issued, db.now)
  const sessions = sessionTable(db)
  const consents = consentTable(db, issued, db.now)
  const interactions = interactionTable(db)
  const codes = authorizationCodeTable(db, insertFamily(db), insertToken)
  const refreshFamilies = refreshFamilyTable(db, insertToken)
  const accessTokens = accessTokenTable(db)
  const attempts = attemptTable(db, sealer)
  const logs = logEventTable(db, log)

  /** What one is made of takes some kilobytes, and microseconds to make. */
  const stores = new Map<string, Store>()
  const makeStore = (tenantId: string): Store => ({
    clients: clients(tenantId),
    resourceServers: resourceServers(tenantId),
    clientGrants: clientGrants(tenantId),
    connections: connections(tenantId),
    signingKeys: signingKeys(tenantId),
    users: users(tenantId),
    sessions: sessions(tenantId),
    consents: consents(tenantId),
    interactions: interactions(tenantId),
    codes: codes(tenantId),
    refreshFamilies: refreshFamilies(tenantId),
    accessTokens: accessTokens(tenantId),
    async revokeGrant(grantId, time) {
      await db.transact(issued.endForGrant(tenantId, grantId, time))
    },
    attempts: attempts(tenantId),
    logs: logs(tenantId),
    settings: settingsOf(tenantId),
  })

  return {
    ...tenants,
    storeFor({ id }) {
      const known = stores.get(id)
      if (known) return known
      const [oldest] = stores.keys()
      if (stores.size >= mostStores && oldest !== undefined) stores.delete(oldest)
      const made = makeStore(id)
      stores.set(id, made)
      return made
    },
  }
}
