import type { ExpressionBuilder } from 'kysely'
import type { Session } from '#users/session.ts'
import type { User } from '#users/user.ts'
import type { Database, Dialect, Query, Step } from '../database.ts'
import type { Schema } from '../schema.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { SessionStore } from '../store.ts'

type Sid = { tenantId: string; sid: string }
type Row = Schema['sessions']
type Proven = { userDocument: string }

const texts = ['tenant_id', 'sid', 'user_id', 'connection', 'main_cookie', 'silent_cookie', 'amr'] as const
const times = ['authenticated_at', 'active_at', 'idle_expires_at', 'expires_at'] as const
const columns = [...texts, ...times]

export function sessionTable(db: Database) {
  const by = (column: 'main_cookie' | 'silent_cookie') =>
    prepare(db, (query, param: Param<{ tenantId: string; cookie: string; now: number }>) =>
      query
        .selectFrom('sessions')
        .selectAll()
        .where('tenant_id', '=', param('tenantId'))
        .where(column, '=', param('cookie'))
        .where('idle_expires_at', '>', param('now'))
        .where('expires_at', '>', param('now')),
    )
  const byCookie = { main: by('main_cookie'), silent: by('silent_cookie') }
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
  const insert = prepareInsert(db, 'sessions', columns)
  const insertWhile = prepare(db, (query, param: Param<Row & Proven>) =>
    query
      .insertInto('sessions')
      .columns(columns)
      .expression((eb) => unchangedUser(eb, param, db.dialect)),
  )
  const insertWhilePassword = prepare(db, (query, param: Param<Row & Proven & { passwordHash: string }>) =>
    query
      .insertInto('sessions')
      .columns(columns)
      .expression((eb) =>
        unchangedUser(eb, param, db.dialect)
          .innerJoin('passwords', (join) =>
            join.onRef('passwords.tenant_id', '=', 'users.tenant_id').onRef('passwords.user_id', '=', 'users.user_id'),
          )
          .where('passwords.hash', '=', param('passwordHash')),
      ),
  )
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

  function insertProven(row: Row, proven?: { user: User; passwordHash?: string }): Query {
    if (!proven) return insert(row)
    const { passwordHash } = proven
    const user = { ...row, userDocument: JSON.stringify(proven.user) }
    return passwordHash === undefined ? insertWhile(user) : insertWhilePassword({ ...user, passwordHash })
  }

  return (tenantId: string): SessionStore => ({
    async findByCookie(kind, cookie, now) {
      const [row] = await db.read(byCookie[kind]({ tenantId, cookie, now }))
      return row && toSession(row)
    },
    async find(sid) {
      const [row] = await db.read(bySid({ tenantId, sid }))
      return row && toSession(row)
    },
    listForUser: async (userId) => (await db.read(ofUser({ tenantId, userId }))).map(toSession),
    async open(session, cookies, replaces, proven) {
      const row = toRow(tenantId, session, cookies)
      const steps: Step[] = [{ query: insertProven(row, proven), required: true }]
      if (replaces !== undefined) steps.unshift({ query: end({ tenantId, sid: replaces }) })
      return (await db.transact(steps)) !== undefined
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

/**
 * The new row, if the user is still as they were. PostgreSQL must keep them so until the commit: else a change of password or a block
 * that is under way would end all sessions but this one, which it cannot see yet.
 */
function unchangedUser(eb: ExpressionBuilder<Schema, 'sessions'>, param: Param<Row & Proven>, dialect: Dialect) {
  const same = eb
    .selectFrom('users')
    .select((select) => [
      ...texts.map((name) => select.cast<string>(select.val(param(name)), 'text').as(name)),
      ...times.map((name) => select.cast<number>(select.val(param(name)), 'bigint').as(name)),
    ])
    .where('users.tenant_id', '=', param('tenant_id'))
    .where('users.user_id', '=', param('user_id'))
    .where('users.document', '=', param('userDocument'))
  return dialect === 'postgres' ? same.forShare() : same
}

function toRow(tenantId: string, session: Session, cookies: { main: string; silent: string }): Row {
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

function toSession(row: Row): Session {
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
