import type { Database, Step } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { UserStore } from '../store.ts'
import type { Issued } from './issued.ts'

type Key = { tenantId: string; userId: string }

/** Hashes stay out of the users' documents, so that nobody who reads a user holds one. */
export function passwordTable(db: Database, issued: Issued) {
  const byUser = prepare(db, (query, param: Param<Key>) =>
    query
      .selectFrom('passwords')
      .select(['hash', 'applied_mark'])
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId')),
  )
  const insert = prepareInsert(db, 'passwords', ['tenant_id', 'user_id', 'hash', 'applied_mark'])
  /** Only for a user of this tenant; nothing happens for others. */
  const set = prepare(db, (query, param: Param<Key & { hash: string }>) =>
    query
      .insertInto('passwords')
      .columns(['tenant_id', 'user_id', 'hash'])
      .expression((eb) =>
        eb
          .selectFrom('users')
          .select((select) => [
            'tenant_id',
            'user_id',
            select.cast<string>(select.val(param('hash')), 'text').as('hash'),
          ])
          .where('tenant_id', '=', param('tenantId'))
          .where('user_id', '=', param('userId')),
      )
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'user_id']).doUpdateSet((eb) => ({ hash: eb.ref('excluded.hash') })),
      ),
  )
  const exchange = prepare(db, (query, param: Param<Key & { hash: string; replaces: string }>) =>
    query
      .updateTable('passwords')
      .set({ hash: param('hash') })
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .where('hash', '=', param('replaces')),
  )
  const mark = prepare(db, (query, param: Param<Key & { hash: string; mark: string }>) =>
    query
      .updateTable('passwords')
      .set({ applied_mark: param('mark') })
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .where('hash', '=', param('hash')),
  )

  return {
    insert: (tenantId: string, userId: string, hash: string): Step => ({
      query: insert({ tenant_id: tenantId, user_id: userId, hash, applied_mark: null }),
    }),

    store: (
      tenantId: string,
    ): Pick<UserStore, 'findPasswordHash' | 'setPasswordHash' | 'findMarkedPassword' | 'markPassword'> => ({
      async findPasswordHash(userId) {
        const [row] = await db.read(byUser({ tenantId, userId }))
        return row?.hash
      },
      async findMarkedPassword(userId) {
        const [row] = await db.read(byUser({ tenantId, userId }))
        return row && { hash: row.hash, mark: row.applied_mark ?? undefined }
      },
      async markPassword(userId, hash, appliedMark) {
        await db.transact([{ query: mark({ tenantId, userId, hash, mark: appliedMark }) }])
      },
      async setPasswordHash(userId, hash, { samePassword, replaces, now }) {
        const query =
          replaces === undefined ? set({ tenantId, userId, hash }) : exchange({ tenantId, userId, hash, replaces })
        const ends = samePassword ? [] : issued.endForUser(tenantId, userId, now)
        return (await db.transact([{ query, required: true }, ...ends])) !== undefined
      },
    }),
  }
}
