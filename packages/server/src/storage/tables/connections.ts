import type { Connection } from '#connections/connection.ts'
import type { Sealer } from '#crypto/seal.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import type { ConnectionStore } from '../store.ts'

type Columns = { tenantId: string; id: string; name: string; secret: string | null; document: string }
type Row = { document: string; secret: string | null }

export function connectionTable(db: Database, cache: ConfigurationCache, sealer: Sealer) {
  const byName = prepare(db, (query, param: Param<Pick<Columns, 'tenantId' | 'name'>>) =>
    query
      .selectFrom('connections')
      .select(['document', 'secret'])
      .where('tenant_id', '=', param('tenantId'))
      .where('name', '=', param('name')),
  )
  const all = prepare(db, (query, param: Param<Pick<Columns, 'tenantId'>>) =>
    query
      .selectFrom('connections')
      .select(['document', 'secret'])
      .where('tenant_id', '=', param('tenantId'))
      .orderBy('name'),
  )
  const save = prepare(db, (query, param: Param<Columns>) => {
    const changeable = { name: param('name'), secret: param('secret'), document: param('document') }
    return query
      .insertInto('connections')
      .values({ tenant_id: param('tenantId'), id: param('id'), ...changeable })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(changeable))
  })
  const remove = prepare(db, (query, param: Param<Pick<Columns, 'tenantId' | 'id'>>) =>
    query.deleteFrom('connections').where('tenant_id', '=', param('tenantId')).where('id', '=', param('id')),
  )

  function toConnection(row: Row, tenantId: string): Connection {
    const connection = JSON.parse(row.document) as Connection
    if (row.secret === null) return connection
    const secret: unknown = JSON.parse(sealer.open(row.secret, purpose(tenantId, connection.id)).toString())
    return { ...connection, options: { ...connection.options, client_secret: secret } }
  }

  return (tenantId: string): ConnectionStore => {
    const findByName = (name: string) =>
      cache.find(tenantId, `connection ${name}`, async () => {
        const [row] = await db.read(byName({ tenantId, name }))
        return row && toConnection(row, tenantId)
      })
    const list = async () => (await db.read(all({ tenantId }))).map((row) => toConnection(row, tenantId))

    /** Names only: the rest is in memory once, not once for each client. */
    const namesFor = async (clientId: string) =>
      cache.find(tenantId, `connections of ${clientId}`, async () =>
        (await list()).filter(({ enabledClients }) => enabledClients.includes(clientId)).map(({ name }) => name),
      )
    return {
      findByName,
      list,

      /** Every sign-in page asks which connections have a button. */
      async listFor(clientId) {
        const found = await Promise.all(((await namesFor(clientId)) ?? []).map(findByName))
        return found.filter((connection) => connection !== undefined)
      },

      async save(connection) {
        const { client_secret: secret, ...options } = connection.options
        const { id, name } = connection
        const sealed = secret === undefined ? null : sealer.seal(JSON.stringify(secret), purpose(tenantId, id))
        const query = save({ tenantId, id, name, secret: sealed, document: JSON.stringify({ ...connection, options }) })
        await cache.write(tenantId, [{ query }])
      },

      async delete(id) {
        await cache.write(tenantId, [{ query: remove({ tenantId, id }) }])
      },
    }
  }
}

const purpose = (tenantId: string, id: string) => `connection-secret:${tenantId}:${id}`
