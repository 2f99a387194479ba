import type { Client } from '#clients/client.ts'
import { mobileTerm, termsOf, termsOfOrigin } from '#clients/client-terms.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database, Step } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { ClientStore } from '../store.ts'

type Key = { tenantId: string; clientId: string }

/** Clients whose apps are told about. What Apple and Google fetch must stay small: Apple stops reading at 128 kB. */
const mostApps = 1000

/** Says anew by what a client is found: for the commit that writes the client. */
export function clientTermsWriter(db: Database): (tenantId: string, client: Client) => Step[] {
  const forget = prepare(db, (query, param: Param<Key>) =>
    query
      .deleteFrom('client_terms')
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '=', param('clientId')),
  )
  const insert = prepareInsert(db, 'client_terms', ['tenant_id', 'term', 'client_id'])
  return (tenantId, client) => {
    const { clientId } = client
    const rows = termsOf(client).map((term) => insert({ tenant_id: tenantId, term, client_id: clientId }))
    return [forget({ tenantId, clientId }), ...rows].map((query) => ({ query }))
  }
}

/** What strangers ask about clients: one look into an index, however many there are, or none. */
export function clientTermTable(db: Database, cache: ConfigurationCache) {
  const either = prepare(db, (query, param: Param<Record<'tenantId' | 'term' | 'other', string>>) =>
    query
      .selectFrom('client_terms')
      .select('term')
      .where('tenant_id', '=', param('tenantId'))
      .where('term', 'in', [param('term'), param('other')])
      .limit(1),
  )
  const mobile = prepare(db, (query, param: Param<{ tenantId: string; term: string; most: number }>) =>
    query
      .selectFrom('client_terms as found')
      .innerJoin('clients', (join) =>
        join.onRef('clients.tenant_id', '=', 'found.tenant_id').onRef('clients.client_id', '=', 'found.client_id'),
      )
      .select('clients.document')
      .where('found.tenant_id', '=', param('tenantId'))
      .where('found.term', '=', param('term'))
      .orderBy('found.client_id')
      .limit(param('most')),
  )

  return (tenantId: string): Pick<ClientStore, 'listsOrigin' | 'listApps'> => ({
    async listsOrigin(origin) {
      const terms = termsOfOrigin(origin)
      const [term, other] = terms
      if (term === undefined) return false
      // Kept by what is registered, not by what is asked for: names made up below a wildcard are one entry, and others are none.
      const found = await cache.findAny(tenantId, terms, async () => {
        const [row] = await db.read(either({ tenantId, term, other: other ?? term }))
        return row && { key: row.term, value: row }
      })
      return found !== undefined
    },

    async listApps() {
      const load = async () => {
        const rows = await db.read(mobile({ tenantId, term: mobileTerm, most: mostApps }))
        return rows.map((row) => (JSON.parse(row.document) as Client).mobile ?? {})
      }
      return (await cache.find(tenantId, 'apps', load)) ?? []
    },
  })
}
