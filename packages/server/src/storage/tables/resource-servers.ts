import type { ResourceServer } from '#clients/resource-server.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import type { ResourceServerStore } from '../store.ts'
import { formerNames, withIncarnation, withoutIncarnation } from './former-names.ts'

export function resourceServerTable(db: Database, cache: ConfigurationCache) {
  const byIdentifier = prepare(db, (query, param: Param<{ tenantId: string; identifier: string }>) =>
    query
      .selectFrom('resource_servers as api')
      .leftJoin('former_names as former', (join) =>
        join
          .onRef('former.tenant_id', '=', 'api.tenant_id')
          .on('former.kind', '=', 'api')
          .onRef('former.name', '=', 'api.identifier'),
      )
      .select(['api.document', 'former.times'])
      .where('api.tenant_id', '=', param('tenantId'))
      .where('api.identifier', '=', param('identifier')),
  )
  const all = prepare(db, (query, param: Param<{ tenantId: string }>) =>
    query
      .selectFrom('resource_servers as api')
      .leftJoin('former_names as former', (join) =>
        join
          .onRef('former.tenant_id', '=', 'api.tenant_id')
          .on('former.kind', '=', 'api')
          .onRef('former.name', '=', 'api.identifier'),
      )
      .select(['api.document', 'former.times'])
      .where('api.tenant_id', '=', param('tenantId'))
      .orderBy('api.id'),
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

  /** They were given to this API, not to the next one of this name. */
  const removeConsents = prepare(db, (query, param: Param<{ tenantId: string; id: string }>) =>
    query
      .deleteFrom('consents')
      .where('tenant_id', '=', param('tenantId'))
      .where('audience', '=', (eb) =>
        eb
          .selectFrom('resource_servers')
          .select('identifier')
          .where('tenant_id', '=', param('tenantId'))
          .where('id', '=', param('id')),
      ),
  )
  const giveUp = formerNames(db, 'api')

  return (tenantId: string): ResourceServerStore => ({
    findByIdentifier: (identifier) =>
      cache.find(tenantId, `resource server ${identifier}`, async () => {
        const [row] = await db.read(byIdentifier({ tenantId, identifier }))
        return row && toResourceServer(row)
      }),
    list: async () => (await db.read(all({ tenantId }))).map(toResourceServer),
    async save(resourceServer) {
      const { id, identifier } = resourceServer
      const document = JSON.stringify(withoutIncarnation(resourceServer))
      await cache.write(tenantId, [{ query: save({ tenantId, id, identifier, document }) }])
    },
    async delete(id) {
      const ends = [giveUp(tenantId, id), removeConsents({ tenantId, id }), remove({ tenantId, id })]
      await cache.write(
        tenantId,
        ends.map((query) => ({ query })),
      )
    },
  })
}

const toResourceServer = (row: { document: string; times: number | null }): ResourceServer =>
  withIncarnation(JSON.parse(row.document) as ResourceServer, row.times)
