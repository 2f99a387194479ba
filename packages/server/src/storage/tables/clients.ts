import type { Client } from '#clients/client.ts'
import type { Sealer } from '#crypto/seal.ts'
import { digestOfSecret, withKey } from '#crypto/secret-digest.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import type { ClientStore } from '../store.ts'
import { clientTermsWriter, clientTermTable } from './client-terms.ts'
import { withIncarnation, withoutIncarnation } from './former-names.ts'
import type { Issued } from './issued.ts'

export function clientTable(db: Database, cache: ConfigurationCache, sealer: Sealer, issued: Issued) {
  type Key = { tenantId: string; clientId: string }
  const byId = prepare(db, (query, param: Param<Key>) =>
    query
      .selectFrom('clients')
      .leftJoin('former_names as former', (join) =>
        join
          .onRef('former.tenant_id', '=', 'clients.tenant_id')
          .on('former.kind', '=', 'client')
          .onRef('former.name', '=', 'clients.client_id'),
      )
      .select(['clients.document', 'clients.secret', 'former.times'])
      .where('clients.tenant_id', '=', param('tenantId'))
      .where('clients.client_id', '=', param('clientId')),
  )
  const pageAfter = prepare(db, (query, param: Param<{ tenantId: string; after: string; limit: number }>) =>
    query
      .selectFrom('clients')
      .leftJoin('former_names as former', (join) =>
        join
          .onRef('former.tenant_id', '=', 'clients.tenant_id')
          .on('former.kind', '=', 'client')
          .onRef('former.name', '=', 'clients.client_id'),
      )
      .select(['clients.document', 'former.times'])
      .where('clients.tenant_id', '=', param('tenantId'))
      .where('clients.client_id', '>', param('after'))
      .orderBy('clients.client_id')
      .limit(param('limit')),
  )
  const save = (row: { tenant_id: string; client_id: string; document: string; secret?: string | null }) =>
    db.query
      .insertInto('clients')
      .values(row)
      .onConflict((conflict) => conflict.columns(['tenant_id', 'client_id']).doUpdateSet(withoutKey(row)))
      .compile()
  const remove = prepare(db, (query, param: Param<Key>) =>
    query.deleteFrom('clients').where('tenant_id', '=', param('tenantId')).where('client_id', '=', param('clientId')),
  )

  const withKeys = (client: Client, tenantId: string): Client => ({
    ...client,
    secretDigests: client.secretDigests.map((known) => withKey(known, { tenantId, clientId: client.clientId }, sealer)),
  })
  const toClient = (row: { document: string; times: number | null }, tenantId: string): Client =>
    withIncarnation(withKeys(JSON.parse(row.document) as Client, tenantId), row.times)

  const terms = clientTermsWriter(db)
  const byTerm = clientTermTable(db, cache)

  return (tenantId: string): ClientStore => ({
    ...byTerm(tenantId),
    find: (clientId) =>
      cache.find(tenantId, `client ${clientId}`, async () => {
        const [row] = await db.read(byId({ tenantId, clientId }))
        return row && toClient(row, tenantId)
      }),

    list: async ({ after = '', limit }) =>
      (await db.read(pageAfter({ tenantId, after, limit }))).map((row) => toClient(row, tenantId)),

    async save(given, secret) {
      const client = withKeys(withoutIncarnation(given), tenantId)
      const { clientId } = client
      const row = { tenant_id: tenantId, client_id: clientId, document: JSON.stringify(client) }
      if (secret !== undefined) {
        const document = JSON.stringify({
          ...client,
          secretDigests: [digestOfSecret(secret, { tenantId, clientId }, sealer)],
        })
        const sealed = sealer.seal(secret, purpose(tenantId, clientId))
        const query = save({ ...row, document, secret: sealed })
        await cache.write(tenantId, [{ query }, ...terms(tenantId, client)])
      } else {
        // A client that has no valid secret any more has none to show either.
        const query = save(client.secretDigests.length === 0 ? { ...row, secret: null } : row)
        await cache.write(tenantId, [{ query }, ...terms(tenantId, client)])
      }
    },

    async readSecret(clientId) {
      const [row] = await db.read(byId({ tenantId, clientId }))
      return row?.secret ? sealer.open(row.secret, purpose(tenantId, clientId)).toString() : undefined
    },

    async delete(clientId) {
      await cache.write(tenantId, [
        ...issued.endForClient(tenantId, clientId),
        { query: remove({ tenantId, clientId }) },
      ])
    },
  })
}

const purpose = (tenantId: string, clientId: string) => `client-secret:${tenantId}:${clientId}`

function withoutKey<T extends { tenant_id: string; client_id: string }>(row: T) {
  const { tenant_id: _tenant, client_id: _client, ...rest } = row
  return rest
}
