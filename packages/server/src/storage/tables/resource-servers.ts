import type { ResourceServer } from '#clients/resource-server.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import type { ResourceServerStore } from '../store.ts'

export function resourceServerTable(db: Database, cache: ConfigurationCache) {
  const byIdentifier = prepare(db, (query, param: Param<{ tenantId: string; identifier: string }>) =>
    query
      .selectFrom('resource_servers')
      .select('document')
      .where('tenant_id', '=', param('tenantId'))
      .where('identifier', '=', param('identifier')),
  )
  const all = prepare(db, (query, param: Param<{ tenantId: string }>) =>
    query.selectFrom('resource_servers').select('document').where('tenant_id', '=', param('tenantId')).orderBy('id'),
  )
  const save = prepare(
    db,
    (query, param: Param<{ tenantId: string; id: string; identifier: string; document: string }>) =>
      query
        .insertInto('resource_servers')
        .values({
          tenant_id: param('tenantId'),
          id: param('id'),
          identifier: param('identifier'),
          document: param('document'),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'id'])
            .doUpdateSet({ identifier: param('identifier'), document: param('document') }),
        ),
  )
  const remove = prepare(db, (query, param: Param<{ tenantId: string; id: string }>) =>
    query.deleteFrom('resource_servers').where('tenant_id', '=', param('tenantId')).where('id', '=', param('id')),
  )

  return (tenantId: string): ResourceServerStore => ({
    findByIdentifier: (identifier) =>
      cache.find(tenantId, `resource server ${identifier}`, async () => {
        const [row] = await db.read(byIdentifier({ tenantId, identifier }))
        return row && toResourceServer(row)
      }),
    list: () =>
      cache.list(tenantId, 'resource servers', async () => (await db.read(all({ tenantId }))).map(toResourceServer)),
    async save(resourceServer) {
      const { id, identifier } = resourceServer
      const document = JSON.stringify(resourceServer)
      await cache.write(tenantId, [{ query: save({ tenantId, id, identifier, document }) }])
    },
    async delete(id) {
      await cache.write(tenantId, [{ query: remove({ tenantId, id }) }])
    },
  })
}

const toResourceServer = (row: { document: string }): ResourceServer => JSON.parse(row.document) as ResourceServer
