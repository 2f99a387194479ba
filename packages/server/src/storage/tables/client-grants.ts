import type { ClientGrant } from '#clients/client-grant.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import type { ClientGrantStore } from '../store.ts'

type Columns = { tenantId: string; id: string; clientId: string; audience: string; document: string }

export function clientGrantTable(db: Database, cache: ConfigurationCache) {
  const byClient = prepare(db, (query, param: Param<Pick<Columns, 'tenantId' | 'clientId' | 'audience'>>) =>
    query
      .selectFrom('client_grants')
      .select('document')
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '=', param('clientId'))
      .where('audience', '=', param('audience')),
  )
  const all = prepare(db, (query, param: Param<Pick<Columns, 'tenantId'>>) =>
    query.selectFrom('client_grants').select('document').where('tenant_id', '=', param('tenantId')).orderBy('id'),
  )
  const save = prepare(db, (query, param: Param<Columns>) => {
    const changeable = { client_id: param('clientId'), audience: param('audience'), document: param('document') }
    return query
      .insertInto('client_grants')
      .values({ tenant_id: param('tenantId'), id: param('id'), ...changeable })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(changeable))
  })
  const remove = prepare(db, (query, param: Param<Pick<Columns, 'tenantId' | 'id'>>) =>
    query.deleteFrom('client_grants').where('tenant_id', '=', param('tenantId')).where('id', '=', param('id')),
  )

  return (tenantId: string): ClientGrantStore => ({
    find: (clientId, audience) =>
      cache.find(tenantId, `client grant ${JSON.stringify([clientId, audience])}`, async () => {
        const [row] = await db.read(byClient({ tenantId, clientId, audience }))
        return row && toClientGrant(row)
      }),
    list: async () => (await db.read(all({ tenantId }))).map(toClientGrant),
    async save(grant) {
      const { id, clientId, audience } = grant
      const query = save({ tenantId, id, clientId, audience, document: JSON.stringify(grant) })
      await cache.write(tenantId, [{ query }])
    },
    async delete(id) {
      await cache.write(tenantId, [{ query: remove({ tenantId, id }) }])
    },
  })
}

const toClientGrant = (row: { document: string }): ClientGrant => JSON.parse(row.document) as ClientGrant
