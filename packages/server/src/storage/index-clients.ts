import type { Client } from '#clients/client.ts'
import type { ConfigurationCache } from './configuration-cache.ts'
import type { Database } from './database.ts'
import { type Param, prepare } from './statement.ts'
import { clientTermsWriter } from './tables/client-terms.ts'

/** Tenants, and clients, that are held in memory at a time. */
const page = 500

/** Says by what each client is found, for tenants whose clients an earlier version wrote. For the start; most find nothing to do. */
export async function indexClients(db: Database, cache: ConfigurationCache): Promise<void> {
  const staleTenants = prepare(db, (query, param: Param<{ after: string; limit: number }>) =>
    query
      .selectFrom('configuration_versions')
      .select(['tenant_id', 'version'])
      .where('tenant_id', '>', param('after'))
      .where((eb) => eb.or([eb('clients_indexed', 'is', null), eb('clients_indexed', '<', eb.ref('version'))]))
      .orderBy('tenant_id')
      .limit(param('limit')),
  )
  const complete = prepare(db, (query, param: Param<{ tenantId: string; version: number }>) =>
    query
      .updateTable('configuration_versions')
      .set((eb) => ({ clients_indexed: eb.ref('version') }))
      .where('tenant_id', '=', param('tenantId'))
      .where('version', '=', param('version')),
  )
  const indexTenant = tenantIndexer(db)

  for (let after = ''; ; ) {
    const tenants = await db.read(staleTenants({ after, limit: page }))
    for (const { tenant_id: tenantId, version } of tenants) {
      await indexTenant(tenantId)
      await cache.write(tenantId, [{ query: complete({ tenantId, version }) }])
      after = tenantId
    }
    if (tenants.length < page) return
  }
}

function tenantIndexer(db: Database) {
  const clientsAfter = prepare(db, (query, param: Param<{ tenantId: string; after: string; limit: number }>) =>
    query
      .selectFrom('clients')
      .select(['client_id', 'document'])
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '>', param('after'))
      .orderBy('client_id')
      .limit(param('limit')),
  )
  // Holds the row, if it is still what we read: else somebody has written it meanwhile, and its terms along.
  const hold = prepare(db, (query, param: Param<Record<'tenantId' | 'clientId' | 'document', string>>) =>
    query
      .updateTable('clients')
      .set((eb) => ({ document: eb.ref('document') }))
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '=', param('clientId'))
      .where('document', '=', param('document')),
  )
  const terms = clientTermsWriter(db)

  return async (tenantId: string) => {
    for (let after = ''; ; ) {
      const rows = await db.read(clientsAfter({ tenantId, after, limit: page }))
      const written = rows.map(({ client_id: clientId, document }) =>
        db.transact([
          { query: hold({ tenantId, clientId, document }), required: true },
          ...terms(tenantId, JSON.parse(document) as Client),
        ]),
      )
      await Promise.all(written)
      after = rows.at(-1)?.client_id ?? after
      if (rows.length < page) return
    }
  }
}
