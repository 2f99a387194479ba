import type { AuthorizationCode } from '#tokens/authorization-code.ts'
import type { Database, Step } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { AuthorizationCodeStore } from '../store.ts'
import { afterlife } from '../sweep.ts'
import type { insertOpaqueToken } from './access-tokens.ts'
import type { insertFamily } from './refresh-families.ts'

type Key = { tenantId: string; digest: string }

export function authorizationCodeTable(
  db: Database,
  family: ReturnType<typeof insertFamily>,
  token: ReturnType<typeof insertOpaqueToken>,
) {
  const byDigest = prepare(db, (query, param: Param<Key>) =>
    query
      .selectFrom('authorization_codes')
      .select(['document', 'redeemed_at'])
      .where('tenant_id', '=', param('tenantId'))
      .where('code_digest', '=', param('digest')),
  )
  const insert = prepareInsert(db, 'authorization_codes', [
    'tenant_id',
    'code_digest',
    'user_id',
    'client_id',
    'expires_at',
    'redeemed_at',
    'document',
    'grant_id',
    'audience',
  ])
  /** One statement, so that of any number of racing requests only one finds it unspent (RFC 6749 §4.1.2, SEC-052). */
  const spend = prepare(db, (query, param: Param<Key & { now: number }>) =>
    query
      .updateTable('authorization_codes')
      .set({ redeemed_at: param('now') })
      .where('tenant_id', '=', param('tenantId'))
      .where('code_digest', '=', param('digest'))
      .where('redeemed_at', 'is', null),
  )

  /** What ends a user's grants finds them here: the row must not be swept before what it gave has expired. */
  const keep = prepare(db, (query, param: Param<Key & { until: number }>) =>
    query
      .updateTable('authorization_codes')
      .set({ expires_at: param('until') })
      .where('tenant_id', '=', param('tenantId'))
      .where('code_digest', '=', param('digest'))
      .where('expires_at', '<', param('until')),
  )

  return (tenantId: string): AuthorizationCodeStore => ({
    async create(code) {
      const row = {
        tenant_id: tenantId,
        code_digest: code.codeDigest,
        user_id: code.userId,
        client_id: code.clientId,
        expires_at: code.expiresAt,
        redeemed_at: null,
        document: JSON.stringify(code),
        grant_id: code.grantId,
        audience: code.audience ?? null,
      }
      await db.transact([{ query: insert(row) }])
    },

    async find(digest) {
      const [row] = await db.read(byDigest({ tenantId, digest }))
      if (!row) return undefined
      const code = JSON.parse(row.document) as AuthorizationCode
      return row.redeemed_at === null ? code : { ...code, redeemedAt: row.redeemed_at }
    },

    async redeem(digest, issued, now) {
      const steps: Step[] = [{ query: spend({ tenantId, digest, now }), required: true }]
      if (issued.family) steps.push(...family(tenantId, issued.family, now))
      if (issued.accessToken) steps.push({ query: token(tenantId, issued.accessToken) })
      // Most tokens end within the day that every spent code is kept: for them there is nothing to write.
      const until = (issued.accessTokenEndsAt ?? 0) - afterlife
      if (until > now) steps.push({ query: keep({ tenantId, digest, until }) })
      return (await db.transact(steps)) !== undefined
    },
  })
}
