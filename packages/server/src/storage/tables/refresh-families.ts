import { sql } from 'kysely'
import type { RefreshFamily } from '#tokens/refresh-family.ts'
import type { Database, Step } from '../database.ts'
import { momentOfPostgres } from '../postgres-clock.ts'
import type { Schema } from '../schema.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { RefreshFamilyStore } from '../store.ts'
import type { insertOpaqueToken } from './access-tokens.ts'

type Row = Schema['refresh_families']
type Key = { tenantId: string; familyId: string }

/** Live families that one user may have at one client: devices, in the end. The oldest goes first (SEC-128). */
export const familyCap = 200

/** How often a non-rotating token's use is worth a write. */
const renewalInterval = 60_000

const columns = [
  'tenant_id',
  'family_id',
  'grant_id',
  'client_id',
  'user_id',
  'sid',
  'scope',
  'audience',
  'authenticated_at',
  'generation',
  'current_digest',
  'rotated_at',
  'created_at',
  'expires_at',
  'idle_expires_at',
  'revoked_at',
] as const

/** The steps that store a new family and revoke those beyond the cap. */
export function insertFamily(db: Database) {
  const insert = prepareInsert(db, 'refresh_families', columns)
  const cap = prepare(db, (query, param: Param<{ tenantId: string; clientId: string; userId: string; now: number }>) =>
    query
      .updateTable('refresh_families')
      .set({ revoked_at: param('now') })
      .where('tenant_id', '=', param('tenantId'))
      .where('client_id', '=', param('clientId'))
      .where('user_id', '=', param('userId'))
      .where('revoked_at', 'is', null)
      .where(({ eb, refTuple, selectFrom }) =>
        eb(
          refTuple('created_at', 'family_id'),
          '<=',
          selectFrom('refresh_families as newer')
            .select(['newer.created_at', 'newer.family_id'])
            .where('newer.tenant_id', '=', param('tenantId'))
            .where('newer.client_id', '=', param('clientId'))
            .where('newer.user_id', '=', param('userId'))
            .where('newer.revoked_at', 'is', null)
            .orderBy('newer.created_at', 'desc')
            .orderBy('newer.family_id', 'desc')
            .limit(sql.lit(1))
            .offset(sql.lit(familyCap))
            .$asTuple('created_at', 'family_id'),
        ),
      ),
  )
  return (tenantId: string, family: RefreshFamily, now: number): Step[] => {
    const { clientId, userId } = family
    return [{ query: insert(toRow(tenantId, family)) }, { query: cap({ tenantId, clientId, userId, now }) }]
  }
}

export function refreshFamilyTable(db: Database, insertToken: ReturnType<typeof insertOpaqueToken>) {
  /**
   * Two processes may rotate and retry in the same millisecond: what one dates and the other measures, PostgreSQL's clock must do
   * both times, and not what either of them has learned of it.
   */
  const moment = (param: Param<{ now: number }>) =>
    db.dialect === 'postgres' ? sql<number>`floor(${sql.raw(momentOfPostgres)})::bigint` : sql<number>`${param('now')}`
  const byId = prepare(db, (query, param: Param<Key & { now: number }>) =>
    query
      .selectFrom('refresh_families')
      .selectAll()
      .select(sql<number | null>`${moment(param)} - rotated_at`.as('rotation_age'))
      .where('tenant_id', '=', param('tenantId'))
      .where('family_id', '=', param('familyId')),
  )
  const ofUser = prepare(db, (query, param: Param<{ tenantId: string; userId: string }>) =>
    query
      .selectFrom('refresh_families')
      .selectAll()
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .orderBy('created_at'),
  )
  /** A family as somebody has read it: whoever writes finds it like that, or not at all. */
  type AsRead = Key & { generation: number; digest: string }
  type Rotation = { nextDigest: string; next: number; idle: number | undefined; now: number }
  const rotate = prepare(db, (query, param: Param<AsRead & Rotation>) =>
    query
      .updateTable('refresh_families')
      .set({
        generation: param('next'),
        current_digest: param('nextDigest'),
        rotated_at: moment(param),
        idle_expires_at: param('idle'),
      })
      .where('tenant_id', '=', param('tenantId'))
      .where('family_id', '=', param('familyId'))
      .where('generation', '=', param('generation'))
      .where('current_digest', '=', param('digest'))
      .where('revoked_at', 'is', null),
  )
  const renew = prepare(db, (query, param: Param<AsRead & { idle: number | undefined }>) =>
    query
      .updateTable('refresh_families')
      .set({ idle_expires_at: param('idle') })
      .where('tenant_id', '=', param('tenantId'))
      .where('family_id', '=', param('familyId'))
      .where('generation', '=', param('generation'))
      .where('current_digest', '=', param('digest'))
      .where('revoked_at', 'is', null),
  )
  const revoke = prepare(db, (query, param: Param<Key & { now: number }>) =>
    query
      .updateTable('refresh_families')
      .set({ revoked_at: param('now') })
      .where('tenant_id', '=', param('tenantId'))
      .where('family_id', '=', param('familyId'))
      .where('revoked_at', 'is', null),
  )

  async function find(key: Key): Promise<RefreshFamily | undefined> {
    const [row] = await db.read(byId({ ...key, now: db.now() }))
    return row && toFamily(row)
  }

  return (tenantId: string): RefreshFamilyStore => ({
    find: (familyId) => find({ tenantId, familyId }),

    async rotate({ familyId, generation, currentDigest: digest }, next, now, accessToken) {
      const move = { next: generation + 1, nextDigest: next.digest, idle: next.idleExpiresAt, now }
      const steps: Step[] = [{ query: rotate({ tenantId, familyId, generation, digest, ...move }), required: true }]
      if (accessToken) steps.push({ query: insertToken(tenantId, accessToken) })
      return (await db.transact(steps)) !== undefined
    },

    async use({ familyId, generation, currentDigest: digest }, idleExpiresAt, _now, accessToken) {
      if (!accessToken) {
        const family = await find({ tenantId, familyId })
        if (family?.revokedAt !== undefined || family?.currentDigest !== digest) return false
        if (!isWorthRenewing(family.idleExpiresAt, idleExpiresAt)) return true
      }
      // With a token always: holding the row makes a revocation at the same moment come before or after both.
      const query = renew({ tenantId, familyId, generation, digest, idle: idleExpiresAt })
      const steps: Step[] = [{ query, required: true }]
      if (accessToken) steps.push({ query: insertToken(tenantId, accessToken) })
      return (await db.transact(steps)) !== undefined
    },

    async revoke(familyId, now) {
      await db.transact([{ query: revoke({ tenantId, familyId, now }) }])
    },

    async listForUser(userId, clientId) {
      const families = (await db.read(ofUser({ tenantId, userId }))).map(toFamily)
      return clientId === undefined ? families : families.filter((family) => family.clientId === clientId)
    },
  })
}

function isWorthRenewing(current: number | undefined, wanted: number | undefined): boolean {
  if (current === undefined || wanted === undefined) return current !== wanted
  return Math.abs(wanted - current) >= renewalInterval
}

function toRow(tenantId: string, family: RefreshFamily): Row {
  return {
    tenant_id: tenantId,
    family_id: family.familyId,
    grant_id: family.grantId,
    client_id: family.clientId,
    user_id: family.userId,
    sid: family.sid ?? null,
    scope: JSON.stringify(family.scope),
    audience: family.audience ?? null,
    authenticated_at: family.authenticatedAt,
    generation: family.generation,
    current_digest: family.currentDigest,
    rotated_at: family.rotatedAt ?? null,
    created_at: family.createdAt,
    expires_at: family.expiresAt ?? null,
    idle_expires_at: family.idleExpiresAt ?? null,
    revoked_at: family.revokedAt ?? null,
  }
}

function toFamily(row: Row & { rotation_age?: number | null }): RefreshFamily {
  return {
    familyId: row.family_id,
    grantId: row.grant_id,
    clientId: row.client_id,
    userId: row.user_id,
    scope: JSON.parse(row.scope) as string[],
    authenticatedAt: row.authenticated_at,
    generation: row.generation,
    currentDigest: row.current_digest,
    createdAt: row.created_at,
    ...(row.sid !== null && { sid: row.sid }),
    ...(row.audience !== null && { audience: row.audience }),
    ...(row.rotated_at !== null && { rotatedAt: row.rotated_at }),
    ...(typeof row.rotation_age === 'number' && { rotationAge: row.rotation_age }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.idle_expires_at !== null && { idleExpiresAt: row.idle_expires_at }),
    ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
  }
}
