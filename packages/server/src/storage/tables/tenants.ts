import type { Tenant } from '#tenants/tenant.ts'
import { allTenants, type ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { SettingsStore, TenantStore } from '../store.ts'

export type TenantTable = Omit<TenantStore, 'storeFor'> & { settingsOf(tenantId: string): SettingsStore }

export function tenantTable(db: Database, cache: ConfigurationCache): TenantTable {
  const byDomain = prepare(db, (query, param: Param<Record<'domain', string>>) =>
    query.selectFrom('tenants').select('document').where('domain', '=', param('domain')),
  )
  const byId = prepare(db, (query, param: Param<Record<'tenantId', string>>) =>
    query.selectFrom('tenants').select('document').where('tenant_id', '=', param('tenantId')),
  )
  const pageAfter = prepare(db, (query, param: Param<{ after: string; limit: number }>) =>
    query
      .selectFrom('tenants')
      .select('document')
      .where('tenant_id', '>', param('after'))
      .orderBy('tenant_id')
      .limit(param('limit')),
  )
  const unableToSign = prepare(db, (query, param: Param<{ algorithm: string; limit: number }>) =>
    query
      .selectFrom('tenants')
      .select('document')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('signing_keys as key')
              .select('key.kid')
              .whereRef('key.tenant_id', '=', 'tenants.tenant_id')
              .where('key.algorithm', '=', param('algorithm'))
              .where('key.status', '=', 'current'),
          ),
        ),
      )
      .limit(param('limit')),
  )
  const insert = prepareInsert(db, 'tenants', ['tenant_id', 'domain', 'document'], { orNothing: true })
  const replace = prepare(db, (query, param: Param<Record<'tenantId' | 'domain' | 'document', string>>) =>
    query
      .updateTable('tenants')
      .set({ domain: param('domain'), document: param('document') })
      .where('tenant_id', '=', param('tenantId')),
  )
  const replaceUnchanged = prepare(db, (query, param: Param<Record<'tenantId' | 'old' | 'document', string>>) =>
    query
      .updateTable('tenants')
      .set({ document: param('document') })
      .where('tenant_id', '=', param('tenantId'))
      .where('document', '=', param('old')),
  )

  async function mergeSettings(tenantId: string, settings: Tenant['settings']): Promise<void> {
    for (;;) {
      const [row] = await db.read(byId({ tenantId }))
      if (!row) return
      const tenant = toTenant(row)
      const document = toDocument({ ...tenant, settings: { ...tenant.settings, ...settings } })
      const query = replaceUnchanged({ tenantId, old: row.document, document })
      // Somebody else may have changed it since we read it; then we merge into theirs.
      if (await cache.write(allTenants, [{ query, required: true }])) return
    }
  }

  return {
    findByDomain: (domain) =>
      cache.find(allTenants, domain, async () => {
        const [row] = await db.read(byDomain({ domain }))
        return row && toTenant(row)
      }),
    list: async ({ after = '', limit = Number.MAX_SAFE_INTEGER } = {}) =>
      (await db.read(pageAfter({ after, limit }))).map(toTenant),
    listUnableToSign: async (algorithm, limit) => (await db.read(unableToSign({ algorithm, limit }))).map(toTenant),
    async create(tenant) {
      const query = insert({ tenant_id: tenant.id, domain: tenant.domain, document: toDocument(tenant) })
      return (await cache.write(allTenants, [{ query, required: true }])) !== undefined
    },
    async update(tenant) {
      const { id: tenantId, domain } = tenant
      await cache.write(allTenants, [{ query: replace({ tenantId, domain, document: toDocument(tenant) }) }])
    },
    settingsOf: (tenantId) => ({ update: (settings) => mergeSettings(tenantId, settings) }),
  }
}

const toDocument = (tenant: Tenant): string => JSON.stringify(tenant)
const toTenant = (row: { document: string }): Tenant => JSON.parse(row.document) as Tenant
