import type { Database, Query } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'

/** The longest that a JWT access token can live (`token_lifetime` of an API), and an hour for clocks. */
export const longestAccessToken = (30 * 24 + 1) * 3_600_000

type OfUser = { tenantId: string; userId: string; expiresAt: number }
type OfConsent = OfUser & { clientId: string; audience: string }

/** Writes down what is revoked although a JWT that names it is still out there. Whoever meets one asks for both in one read. */
export function revocationTable(db: Database) {
  const insert = prepareInsert(db, 'revocations', ['tenant_id', 'id', 'expires_at'], { orNothing: true })

  /** A grant is in its code, which stays as long as a token without a family lives, and in its families. */
  const inBoth = <P>(make: (source: 'refresh_families') => (values: P) => Query) => {
    const made = [make('authorization_codes' as 'refresh_families'), make('refresh_families')]
    return (values: P) => made.map((query) => query(values))
  }
  const grants = (query: Database['query'], param: Param<OfUser>, source: 'refresh_families') =>
    query
      .selectFrom(source)
      .select(['tenant_id', 'grant_id', ({ cast, val }) => cast<number>(val(param('expiresAt')), 'bigint').as('end')])
      .distinct()
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .where('grant_id', 'is not', null)
  const store = (query: Database['query'], rows: ReturnType<typeof grants>) =>
    query
      .insertInto('revocations')
      .columns(['tenant_id', 'id', 'expires_at'])
      .expression(rows)
      .onConflict((conflict) => conflict.doNothing())

  const ofUser = inBoth((source) =>
    prepare(db, (query, param: Param<OfUser>) => store(query, grants(query, param, source))),
  )
  const ofConsent = inBoth((source) =>
    prepare(db, (query, param: Param<OfConsent>) =>
      store(
        query,
        grants(query, param, source)
          .where('client_id', '=', param('clientId'))
          .where(({ eb, fn, val }) => eb(fn.coalesce('audience', val('')), '=', param('audience'))),
      ),
    ),
  )

  return {
    one: (tenantId: string, id: string, expiresAt: number): Query =>
      insert({ tenant_id: tenantId, id, expires_at: expiresAt }),
    ofUser: (tenantId: string, userId: string, now: number): Query[] =>
      ofUser({ tenantId, userId, expiresAt: now + longestAccessToken }),
    ofConsent: (tenantId: string, userId: string, clientId: string, audience: string, now: number): Query[] =>
      ofConsent({ tenantId, userId, clientId, audience, expiresAt: now + longestAccessToken }),
  }
}
