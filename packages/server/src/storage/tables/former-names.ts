import { sql } from 'kysely'
import type { Database, Query } from '../database.ts'
import { type Param, prepare } from '../statement.ts'

const kinds = {
  client: { table: 'clients', key: 'client_id', name: 'client_id' },
  api: { table: 'resource_servers', key: 'id', name: 'identifier' },
} as const

/**
 * What is made again under the name of something deleted is something else: a token, a code or an interaction of the old one must
 * not fit the new one. They are told apart by how often the name was given up; no clock is asked.
 * @returns what to do before the row of this key is deleted
 */
export function formerNames(db: Database, kind: keyof typeof kinds): (tenantId: string, key: string) => Query {
  const { table, key, name } = kinds[kind]
  const giveUp = prepare(db, (query, param: Param<{ tenantId: string; key: string }>) =>
    query
      .insertInto('former_names')
      .columns(['tenant_id', 'kind', 'name', 'times'])
      .expression(
        query
          .selectFrom(table as 'clients')
          .select(['tenant_id', sql.lit(kind).as('kind'), name as 'client_id', sql.lit(1).as('times')])
          .where('tenant_id', '=', param('tenantId'))
          .where(key as 'client_id', '=', param('key')),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'kind', 'name'])
          .doUpdateSet(({ eb }) => ({ times: eb('former_names.times', '+', sql.lit(1)) })),
      ),
  )
  return (tenantId, value) => giveUp({ tenantId, key: value })
}

/** @param times of the join; null for a name that nobody had before */
export function withIncarnation<T extends { incarnation?: number }>(thing: T, times: number | null): T {
  return times === null ? thing : { ...thing, incarnation: times }
}

/** For the document: the incarnation is not the thing's to say. */
export const withoutIncarnation = <T extends { incarnation?: number }>(thing: T): T => ({
  ...thing,
  incarnation: undefined,
})
