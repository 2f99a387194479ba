import type { Session } from '#users/session.ts'
import type { Database, Step } from '../database.ts'
import type { Schema } from '../schema.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { SessionStore } from '../store.ts'

type Sid = { tenantId: string; sid: string }

export function sessionTable(db: Database) {
  const byCookie = prepare(db, (query, param: Param<{ tenantId: string; cookie: string; now: number }>) =>
    query
      .selectFrom('sessions')
      .selectAll()
      .where('tenant_id', '=', param('tenantId'))
      .where((eb) => eb.or([eb('main_cookie', '=', param('cookie')), eb('silent_cookie', '=', param('cookie'))]))
      .where('idle_expires_at', '>', param('now'))
      .where('expires_at', '>', param('now')),
  )
  const bySid = prepare(db, (query, param: Param<Sid>) =>
    query.selectFrom('sessions').selectAll().where('tenant_id', '=', param('tenantId')).where('sid', '=', param('sid')),
  )
  const ofUser = prepare(db, (query, param: Param<{ tenantId: string; userId: string }>) =>
    query
      .selectFrom('sessions')
      .selectAll()
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId'))
      .orderBy('authenticated_at'),
  )
  const insert = prepareInsert(db, 'sessions', [
    'tenant_id',
    'sid',
    'user_id',
    'connection',
    'main_cookie',
    'silent_cookie',
    'amr',
    'authenticated_at',
    'active_at',
    'idle_expires_at',
    'expires_at',
  ])
  const touch = prepare(db, (query, param: Param<Sid & { activeAt: number; idleExpiresAt: number }>) =>
    query
      .updateTable('sessions')
      .set({ active_at: param('activeAt'), idle_expires_at: param('idleExpiresAt') })
      .where('tenant_id', '=', param('tenantId'))
      .where('sid', '=', param('sid')),
  )
  const end = prepare(db, (query, param: Param<Sid>) =>
    query.deleteFrom('sessions').where('tenant_id', '=', param('tenantId')).where('sid', '=', param('sid')),
  )
  const endAll = prepare(db, (query, param: Param<{ tenantId: string; userId: string }>) =>
    query.deleteFrom('sessions').where('tenant_id', '=', param('tenantId')).where('user_id', '=', param('userId')),
  )

  return (tenantId: string): SessionStore => ({
    async findByCookie(cookie, now) {
      const [row] = await db.read(byCookie({ tenantId, cookie, now }))
      return row && toSession(row)
    },
    async find(sid) {
      const [row] = await db.read(bySid({ tenantId, sid }))
      return row && toSession(row)
    },
    listForUser: async (userId) => (await db.read(ofUser({ tenantId, userId }))).map(toSession),
    async open(session, cookies, replaces) {
      const steps: Step[] = [{ query: insert(toRow(tenantId, session, cookies)) }]
      if (replaces !== undefined) steps.unshift({ query: end({ tenantId, sid: replaces }) })
      await db.transact(steps)
    },
    async touch(sid, activeAt, idleExpiresAt) {
      await db.transact([{ query: touch({ tenantId, sid, activeAt, idleExpiresAt }) }])
    },
    async end(sid) {
      await db.transact([{ query: end({ tenantId, sid }) }])
    },
    async endForUser(userId) {
      await db.transact([{ query: endAll({ tenantId, userId }) }])
    },
  })
}

function toRow(tenantId: string, session: Session, cookies: { main: string; silent: string }): Schema['sessions'] {
  return {
    tenant_id: tenantId,
    sid: session.sid,
    user_id: session.userId,
    connection: session.connection,
    main_cookie: cookies.main,
    silent_cookie: cookies.silent,
    amr: JSON.stringify(session.amr),
    authenticated_at: session.authenticatedAt,
    active_at: session.activeAt,
    idle_expires_at: session.idleExpiresAt,
    expires_at: session.expiresAt,
  }
}

function toSession(row: Schema['sessions']): Session {
  return {
    sid: row.sid,
    userId: row.user_id,
    connection: row.connection,
    authenticatedAt: row.authenticated_at,
    amr: JSON.parse(row.amr) as string[],
    activeAt: row.active_at,
    idleExpiresAt: row.idle_expires_at,
    expiresAt: row.expires_at,
  }
}
