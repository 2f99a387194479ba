import type { OpaqueAccessToken } from '#tokens/refresh-family.ts'
import type { Database } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { AccessTokenStore } from '../store.ts'
import { revocationTable } from './revocations.ts'
import { toUser } from './users.ts'

/** Tokens are never stored alone, only together with what they are issued for. */
export function insertOpaqueToken(db: Database) {
  const insert = prepareInsert(db, 'opaque_access_tokens', [
    'tenant_id',
    'token_digest',
    'grant_id',
    'client_id',
    'user_id',
    'scope',
    'expires_at',
  ])
  return (tenantId: string, token: OpaqueAccessToken) =>
    insert({
      tenant_id: tenantId,
      token_digest: token.tokenDigest,
      grant_id: token.grantId,
      client_id: token.clientId,
      user_id: token.userId,
      scope: JSON.stringify(token.scope),
      expires_at: token.expiresAt,
    })
}

export function accessTokenTable(db: Database) {
  /** A token is dead without its client, too. */
  const withUser = prepare(db, (query, param: Param<{ tenantId: string; digest: string; now: number }>) =>
    query
      .selectFrom('opaque_access_tokens as token')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant_id', '=', 'token.tenant_id').onRef('users.user_id', '=', 'token.user_id'),
      )
      .innerJoin('clients', (join) =>
        join.onRef('clients.tenant_id', '=', 'token.tenant_id').onRef('clients.client_id', '=', 'token.client_id'),
      )
      .select([
        'token.grant_id',
        'token.client_id',
        'token.user_id',
        'token.scope',
        'token.expires_at',
        'users.document',
      ])
      .where('token.tenant_id', '=', param('tenantId'))
      .where('token.token_digest', '=', param('digest'))
      .where('token.expires_at', '>', param('now')),
  )

  const userUnlessRevoked = prepare(
    db,
    (query, param: Param<{ tenantId: string; userId: string; grantId: string; tokenId: string }>) =>
      query
        .selectFrom('users')
        .select('document')
        .where('tenant_id', '=', param('tenantId'))
        .where('user_id', '=', param('userId'))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('revocations')
                .select('id')
                .where('tenant_id', '=', param('tenantId'))
                .where('id', 'in', [param('grantId'), param('tokenId')]),
            ),
          ),
        ),
  )
  const remove = prepare(db, (query, param: Param<{ tenantId: string; digest: string; clientId: string }>) =>
    query
      .deleteFrom('opaque_access_tokens')
      .where('tenant_id', '=', param('tenantId'))
      .where('token_digest', '=', param('digest'))
      .where('client_id', '=', param('clientId')),
  )
  const revocations = revocationTable(db)

  return (tenantId: string): AccessTokenStore => ({
    async findWithUser(digest, now) {
      const [row] = await db.read(withUser({ tenantId, digest, now }))
      if (!row) return undefined
      const token = {
        tokenDigest: digest,
        grantId: row.grant_id,
        clientId: row.client_id,
        userId: row.user_id,
        scope: JSON.parse(row.scope) as string[],
        expiresAt: row.expires_at,
      }
      return { token, user: toUser(row) }
    },

    async findUserUnlessRevoked(userId, ids) {
      const [row] = await db.read(userUnlessRevoked({ tenantId, userId, ...ids }))
      return row && toUser(row)
    },

    async revoke(digest, clientId) {
      await db.transact([{ query: remove({ tenantId, digest, clientId }) }])
    },

    async revokeById(tokenId, expiresAt) {
      await db.transact([{ query: revocations.one(tenantId, tokenId, expiresAt) }])
    },
  })
}
