import type { Database } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { ConsentStore } from '../store.ts'
import type { Issued } from './issued.ts'

type Key = { tenantId: string; userId: string; clientId: string; audience: string }

export function consentTable(db: Database, issued: Issued, clock: () => number) {
  const scopes = prepare(db, (query, param: Param<Key>) =>
    query
      .selectFrom('consents')
      .select('scope')
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .where('client_id', '=', param('clientId'))
      .where('audience', '=', param('audience'))
      .orderBy('scope'),
  )
  const columns = ['tenant_id', 'user_id', 'client_id', 'audience', 'scope', 'granted_at'] as const
  const insert = prepareInsert(db, 'consents', columns, { orNothing: true })
  const remove = prepare(db, (query, param: Param<Key>) =>
    query
      .deleteFrom('consents')
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .where('client_id', '=', param('clientId'))
      .where('audience', '=', param('audience')),
  )

  return (tenantId: string): ConsentStore => ({
    async find(userId, clientId, audience) {
      const rows = await db.read(scopes({ tenantId, userId, clientId, audience }))
      if (rows.length === 0) return undefined
      return { userId, clientId, audience, scope: rows.map((row) => row.scope).filter((scope) => scope !== '') }
    },

    async add({ userId, clientId, audience, scope }, now) {
      const key = { tenant_id: tenantId, user_id: userId, client_id: clientId, audience }
      // Sorted, so that two who add the same scopes at once wait for each other in the same order.
      const all = [...new Set(['', ...scope])].sort()
      await db.transact(all.map((one) => ({ query: insert({ ...key, scope: one, granted_at: now }) })))
    },

    async revoke(userId, clientId, audience) {
      await db.transact([
        { query: remove({ tenantId, userId, clientId, audience }) },
        ...issued.endForConsent(tenantId, userId, clientId, audience, clock()),
      ])
    },
  })
}
