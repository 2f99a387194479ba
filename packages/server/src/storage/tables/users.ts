import { normalizeIdentifier } from '#users/identifier.ts'
import type { User } from '#users/user.ts'
import type { Database, Step } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { UserStore } from '../store.ts'
import type { Issued } from './issued.ts'
import { passwordTable } from './passwords.ts'

type Key = { tenantId: string; userId: string }
type Change = Key & { connection: string; document: string }

export function userTable(db: Database, issued: Issued, clock: () => number) {
  const find = userQueries(db)
  const insert = prepareInsert(db, 'users', ['tenant_id', 'user_id', 'connection', 'document'], { orNothing: true })
  const update = prepare(db, (query, param: Param<Change>) => changed(query, param))
  // Two writes in one millisecond have one `updatedAt`, so the whole document says whether somebody was faster.
  const exchange = prepare(db, (query, param: Param<Change & { replaces: string }>) =>
    changed(query, param).where('document', '=', param('replaces')),
  )
  const remove = prepare(db, (query, param: Param<Key>) =>
    query.deleteFrom('users').where('tenant_id', '=', param('tenantId')).where('user_id', '=', param('userId')),
  )
  const names = nameQueries(db)
  const passwords = passwordTable(db, issued)

  return (tenantId: string): UserStore => ({
    async find(userId) {
      const [row] = await db.read(find.byId({ tenantId, userId }))
      return row && toUser(row)
    },
    async findByIdentifier(connection, identifier) {
      const [row] = await db.read(find.byIdentifier({ tenantId, connection, identifier }))
      return row && toUser(row)
    },
    async findByIdentity(connection, subject) {
      const [row] = await db.read(find.byIdentity({ tenantId, connection, subject }))
      return row && toUser(row)
    },
    async list({ after = '', limit }) {
      return (await db.read(find.page({ tenantId, after, limit }))).map(toUser)
    },

    async create(user, passwordHash) {
      const { userId, connection } = user
      const row = { tenant_id: tenantId, user_id: userId, connection, document: JSON.stringify(user) }
      const steps = [{ query: insert(row), required: true }, ...names.claim(tenantId, user)]
      if (passwordHash !== undefined) steps.push(passwords.insert(tenantId, userId, passwordHash))
      return (await db.transact(steps)) !== undefined
    },

    async update(user, replaces) {
      const { userId, connection } = user
      const change = { tenantId, userId, connection, document: JSON.stringify(user) }
      const query = replaces ? exchange({ ...change, replaces: JSON.stringify(replaces) }) : update(change)
      const done = await db.transact([
        { query, required: true },
        ...names.release(tenantId, userId),
        ...names.claim(tenantId, user),
        ...(user.blocked ? issued.endForUser(tenantId, userId, clock()) : []),
      ])
      return done !== undefined
    },

    /** What was issued goes with the user: the foreign keys cascade. */
    async delete(userId) {
      await db.transact([...issued.endJwtsOfUser(tenantId, userId, clock()), { query: remove({ tenantId, userId }) }])
    },

    ...passwords.store(tenantId),
  })
}

const changed = (query: Database['query'], param: Param<Change>) =>
  query
    .updateTable('users')
    .set({ connection: param('connection'), document: param('document') })
    .where('tenant_id', '=', param('tenantId'))
    .where('user_id', '=', param('userId'))

export const toUser = (row: { document: string }): User => JSON.parse(row.document) as User

function userQueries(db: Database) {
  return {
    byId: prepare(db, (query, param: Param<Key>) =>
      query
        .selectFrom('users')
        .select('document')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId')),
    ),
    byIdentifier: prepare(db, (query, param: Param<{ tenantId: string; connection: string; identifier: string }>) =>
      query
        .selectFrom('user_identifiers as name')
        .innerJoin('users', (join) =>
          join.onRef('users.tenant_id', '=', 'name.tenant_id').onRef('users.user_id', '=', 'name.user_id'),
        )
        .select('users.document')
        .where('name.tenant_id', '=', param('tenantId'))
        .where('name.connection', '=', param('connection'))
        .where('name.identifier', '=', param('identifier')),
    ),
    byIdentity: prepare(db, (query, param: Param<{ tenantId: string; connection: string; subject: string }>) =>
      query
        .selectFrom('user_identities as identity')
        .innerJoin('users', (join) =>
          join.onRef('users.tenant_id', '=', 'identity.tenant_id').onRef('users.user_id', '=', 'identity.user_id'),
        )
        .select('users.document')
        .where('identity.tenant_id', '=', param('tenantId'))
        .where('identity.connection', '=', param('connection'))
        .where('identity.subject', '=', param('subject')),
    ),
    page: prepare(db, (query, param: Param<{ tenantId: string; after: string; limit: number }>) =>
      query
        .selectFrom('users')
        .select('document')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '>', param('after'))
        .orderBy('user_id')
        .limit(param('limit')),
    ),
  }
}

/** What a user is found by. Taking a name that somebody has undoes the whole commit. */
function nameQueries(db: Database) {
  const claimIdentifier = prepareInsert(db, 'user_identifiers', ['tenant_id', 'connection', 'identifier', 'user_id'], {
    orNothing: true,
  })
  const claimIdentity = prepareInsert(db, 'user_identities', ['tenant_id', 'connection', 'subject', 'user_id'], {
    orNothing: true,
  })
  const releaseIdentifiers = prepare(db, (query, param: Param<Key>) =>
    query
      .deleteFrom('user_identifiers')
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId')),
  )
  const releaseIdentities = prepare(db, (query, param: Param<Key>) =>
    query
      .deleteFrom('user_identities')
      .where('tenant_id', '=', param('tenantId'))
      .where('user_id', '=', param('userId')),
  )
  return {
    claim(tenantId: string, user: User): Step[] {
      const key = { tenant_id: tenantId, user_id: user.userId }
      const identities = user.identities.map(({ connection, subject }) =>
        claimIdentity({ ...key, connection, subject }),
      )
      const { connection } = user
      const identifiers = identifiersOf(user).map((identifier) => claimIdentifier({ ...key, connection, identifier }))
      return [...identities, ...identifiers].map((query) => ({ query, required: true }))
    },
    release(tenantId: string, userId: string): Step[] {
      const key = { tenantId, userId }
      return [{ query: releaseIdentifiers(key) }, { query: releaseIdentities(key) }]
    },
  }
}

/**
 * The names a user can sign in with at their connection. Only databases have them: at other connections the provider says
 * who somebody is, and may well say the same e-mail address for two people (SEC-229).
 */
function identifiersOf(user: User): string[] {
  const home = user.identities.find(({ connection }) => connection === user.connection)
  if (home && home.provider !== 'auth0') return []
  const names = [user.email, user.username].filter((name) => name !== undefined).map(normalizeIdentifier)
  return [...new Set(names)].filter((name) => name !== '')
}
