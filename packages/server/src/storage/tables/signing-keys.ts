import { createPrivateKey } from 'node:crypto'
import type { Sealer } from '#crypto/seal.ts'
import type { SigningKey } from '#tokens/signing-key.ts'
import type { ConfigurationCache } from '../configuration-cache.ts'
import type { Database } from '../database.ts'
import type { Schema } from '../schema.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { SigningKeyStore } from '../store.ts'

type Row = Schema['signing_keys']
type Key = { tenantId: string; kid: string }

export function signingKeyTable(db: Database, cache: ConfigurationCache, sealer: Sealer) {
  const all = prepare(db, (query, param: Param<{ tenantId: string }>) =>
    query
      .selectFrom('signing_keys')
      .selectAll()
      .where('tenant_id', '=', param('tenantId'))
      .orderBy('created_at')
      .orderBy('kid'),
  )
  const insert = prepareInsert(
    db,
    'signing_keys',
    ['tenant_id', 'kid', 'algorithm', 'status', 'public_jwk', 'private_key', 'created_at', 'retired_at'],
    { orNothing: true },
  )
  const retire = prepare(db, (query, param: Param<Key & { algorithm: string; now: number }>) =>
    query
      .updateTable('signing_keys')
      .set({ status: 'previous', private_key: null, retired_at: param('now') })
      .where('tenant_id', '=', param('tenantId'))
      .where('kid', '=', param('kid'))
      .where('algorithm', '=', param('algorithm'))
      .where('status', '=', 'current'),
  )
  const promote = prepare(db, (query, param: Param<{ tenantId: string; algorithm: string }>) =>
    query
      .updateTable('signing_keys')
      .set({ status: 'current' })
      .where('tenant_id', '=', param('tenantId'))
      .where('algorithm', '=', param('algorithm'))
      .where('status', '=', 'next'),
  )
  const revoked = (query: Database['query'], param: Param<{ tenantId: string; now: number }>) =>
    query
      .updateTable('signing_keys')
      .set((eb) => ({
        status: 'revoked',
        private_key: null,
        retired_at: eb.fn.coalesce('retired_at', eb.val(param('now'))),
      }))
      .where('tenant_id', '=', param('tenantId'))
      .where('status', '!=', 'revoked')
  const revoke = prepare(db, (query, param: Param<Key & { now: number }>) =>
    revoked(query, param).where('kid', '=', param('kid')),
  )
  const revokeAll = prepare(db, (query, param: Param<{ tenantId: string; now: number }>) => revoked(query, param))

  function toRow(tenantId: string, key: SigningKey, privateKeyPem: string): Row {
    return {
      tenant_id: tenantId,
      kid: key.kid,
      algorithm: key.algorithm,
      status: key.status,
      public_jwk: JSON.stringify(key.publicJwk),
      private_key: sealer.seal(privateKeyPem, signingKeyPurpose(tenantId, key.kid)),
      created_at: key.createdAt,
      retired_at: key.retiredAt ?? null,
    }
  }

  function toKey(row: Row): SigningKey {
    const pem =
      row.private_key === null ? undefined : sealer.open(row.private_key, signingKeyPurpose(row.tenant_id, row.kid))
    return {
      kid: row.kid,
      algorithm: row.algorithm as SigningKey['algorithm'],
      status: row.status as SigningKey['status'],
      publicJwk: JSON.parse(row.public_jwk) as SigningKey['publicJwk'],
      createdAt: row.created_at,
      ...(pem && { privateKey: createPrivateKey(pem) }),
      ...(row.retired_at !== null && { retiredAt: row.retired_at }),
    }
  }

  return (tenantId: string): SigningKeyStore => ({
    async list() {
      const load = async () => (await db.read(all({ tenantId }))).map(toKey)
      return (await cache.find(tenantId, 'signing keys', load)) ?? []
    },
    async add(key, privateKeyPem) {
      const query = insert(toRow(tenantId, key, privateKeyPem))
      return (await cache.write(tenantId, [{ query, required: true }])) !== undefined
    },
    // The private halves of those that go are destroyed in the same commit, and then on the disk as well.
    async rotate(currentKid, next, nextPrivateKeyPem, now) {
      const { algorithm } = next
      const done = await cache.write(tenantId, [
        { query: retire({ tenantId, kid: currentKid, algorithm, now }), required: true },
        { query: promote({ tenantId, algorithm }), required: true },
        { query: insert(toRow(tenantId, { ...next, status: 'next' }, nextPrivateKeyPem)), required: true },
      ])
      await db.scrub()
      return done !== undefined
    },
    async revoke(kid, now) {
      await cache.write(tenantId, [{ query: revoke({ tenantId, kid, now }) }])
      await db.scrub()
    },
    async replaceAll(keys, now) {
      const added = keys.map(({ key, privateKeyPem }) => insert(toRow(tenantId, key, privateKeyPem)))
      const queries = [revokeAll({ tenantId, now }), ...added]
      const done = await cache.write(
        tenantId,
        queries.map((query) => ({ query, required: true })),
      )
      await db.scrub()
      return done !== undefined
    },
  })
}

/** What a private key is sealed for. */
export const signingKeyPurpose = (tenantId: string, kid: string): string => `signing-key:${tenantId}:${kid}`
