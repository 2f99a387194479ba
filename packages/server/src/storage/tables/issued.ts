import type { Database, Step } from '../database.ts'
import { type Param, prepare } from '../statement.ts'
import { formerNames } from './former-names.ts'
import { longestAccessToken, revocationTable } from './revocations.ts'

/**
 * Ends what was issued. The order matters on PostgreSQL, where others act between our statements: codes first, because
 * whoever is redeeming one holds its row; families then include what that redemption made; tokens come last, because
 * whoever makes one holds its family. So nothing slips through between two statements (SEC-129).
 *
 * JWTs are not stored: their grants are written down as revoked, first of all, while codes and families still tell which.
 */
export interface Issued {
  /** Sessions, codes, families and access tokens. */
  endForUser(tenantId: string, userId: string, now: number): Step[]
  /** Families and tokens of one authorization. */
  endForGrant(tenantId: string, grantId: string, now: number): Step[]
  /** What a consent covered; without `audience`, also everything that needed none. */
  endForConsent(tenantId: string, userId: string, clientId: string, audience: string, now: number): Step[]
  /** The JWTs of a user who is deleted; the rest goes with the user. */
  endJwtsOfUser(tenantId: string, userId: string, now: number): Step[]
  /** Families; the rest is told from what is issued through the next client of this name (`incarnation`). */
  endForClient(tenantId: string, clientId: string): Step[]
}

type OfUser = { tenantId: string; userId: string }
type OfClient = OfUser & { clientId: string }
type Now = { now: number }

export function issued(db: Database): Issued {
  const user = endsOfUser(db)
  const grant = endsOfGrant(db)
  const consent = endsOfConsent(db)
  const deleteFamilies = prepare(db, (query, param: Param<{ tenantId: string; clientId: string }>) =>
    query
      .deleteFrom('refresh_families')
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '=', param('clientId'))
      .where('revoked_at', 'is', null),
  )

  const revocations = revocationTable(db)
  const giveUpClient = formerNames(db, 'client')

  const asSteps = (queries: Step['query'][]): Step[] => queries.map((query) => ({ query }))
  return {
    endForUser(tenantId, userId, now) {
      const key = { tenantId, userId }
      return asSteps([
        ...revocations.ofUser(tenantId, userId, now),
        user.deleteCodes(key),
        user.revokeFamilies({ ...key, now }),
        user.deleteTokens(key),
        user.deleteSessions(key),
      ])
    },
    endForGrant(tenantId, grantId, now) {
      return asSteps([
        revocations.one(tenantId, grantId, now + longestAccessToken),
        grant.revokeFamilies({ tenantId, grantId, now }),
        grant.deleteTokens({ tenantId, grantId }),
      ])
    },
    endForConsent(tenantId, userId, clientId, audience, now) {
      const key = { tenantId, userId, clientId }
      const families =
        audience === ''
          ? consent.revokeFamiliesWithoutApi({ ...key, now })
          : consent.revokeFamilies({ ...key, audience, now })
      return asSteps([
        ...revocations.ofConsent(tenantId, userId, clientId, audience, now),
        consent.deleteCodes(key),
        families,
        consent.deleteTokens(key),
      ])
    },
    endJwtsOfUser: (tenantId, userId, now) => asSteps(revocations.ofUser(tenantId, userId, now)),
    endForClient: (tenantId, clientId) =>
      asSteps([giveUpClient(tenantId, clientId), deleteFamilies({ tenantId, clientId })]),
  }
}

function endsOfUser(db: Database) {
  return {
    deleteCodes: prepare(db, (query, param: Param<OfUser>) =>
      query
        .deleteFrom('authorization_codes')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId')),
    ),
    revokeFamilies: prepare(db, (query, param: Param<OfUser & Now>) =>
      query
        .updateTable('refresh_families')
        .set({ revoked_at: param('now') })
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId'))
        .where('revoked_at', 'is', null),
    ),
    deleteTokens: prepare(db, (query, param: Param<OfUser>) =>
      query
        .deleteFrom('opaque_access_tokens')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId')),
    ),
    deleteSessions: prepare(db, (query, param: Param<OfUser>) =>
      query.deleteFrom('sessions').where('tenant_id', '=', param('tenantId')).where('user_id', '=', param('userId')),
    ),
  }
}

function endsOfGrant(db: Database) {
  type OfGrant = { tenantId: string; grantId: string }
  return {
    revokeFamilies: prepare(db, (query, param: Param<OfGrant & Now>) =>
      query
        .updateTable('refresh_families')
        .set({ revoked_at: param('now') })
        .where('tenant_id', '=', param('tenantId'))
        .where('grant_id', '=', param('grantId'))
        .where('revoked_at', 'is', null),
    ),
    deleteTokens: prepare(db, (query, param: Param<OfGrant>) =>
      query
        .deleteFrom('opaque_access_tokens')
        .where('tenant_id', '=', param('tenantId'))
        .where('grant_id', '=', param('grantId')),
    ),
  }
}

function endsOfConsent(db: Database) {
  const families = (query: Database['query'], param: Param<OfClient & Now>) =>
    query
      .updateTable('refresh_families')
      .set({ revoked_at: param('now') })
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '=', param('clientId'))
      .where('user_id', '=', param('userId'))
      .where('revoked_at', 'is', null)
  return {
    /** Of all audiences: a code lives for seconds, and asking again is harmless. */
    deleteCodes: prepare(db, (query, param: Param<OfClient>) =>
      query
        .deleteFrom('authorization_codes')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId'))
        .where('client_id', '=', param('clientId')),
    ),
    revokeFamilies: prepare(db, (query, param: Param<OfClient & Now & { audience: string }>) =>
      families(query, param).where('audience', '=', param('audience')),
    ),
    revokeFamiliesWithoutApi: prepare(db, (query, param: Param<OfClient & Now>) =>
      families(query, param).where('audience', 'is', null),
    ),
    /** They open only the profile, which every consent includes. */
    deleteTokens: prepare(db, (query, param: Param<OfClient>) =>
      query
        .deleteFrom('opaque_access_tokens')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId'))
        .where('client_id', '=', param('clientId')),
    ),
  }
}
