import type { Client } from '#clients/client.ts'
import type { Sealer } from '#crypto/seal.ts'
import { withKey } from '#crypto/secret-digest.ts'
import type { ConfigurationCache } from './configuration-cache.ts'
import type { Database } from './database.ts'
import { prepare } from './statement.ts'

type Row = { tenant_id: string; client_id: string; document: string }

const hour = 3_600_000

/**
 * Versions before 0006 kept a plain digest of each client secret, and can read no other. So those of a database that several
 * processes may share are rewritten only when the last of them has been replaced: at a start that comes an hour later, or more.
 * Until then they are keyed as they are read.
 */
export async function keyClientDigests(db: Database, cache: ConfigurationCache, sealer: Sealer, now: number) {
  const applied = prepare(db, (query) =>
    query.selectFrom('migrations').select('applied_at').where('name', '=', '0006-revocations'),
  )
  const [migration] = await db.read(applied({}))
  if (!migration || (db.dialect === 'postgres' && now - migration.applied_at < hour)) return
  const plain = db.query
    .selectFrom('clients')
    .select(['tenant_id', 'client_id', 'document'])
    .where('document', 'like', '%"secretDigests":["%')
    .where('document', 'not like', '%"secretDigests":["k1.%')
    .compile()
  for (const { tenant_id: tenantId, client_id: clientId, document } of await db.read<Row>(plain)) {
    const client = JSON.parse(document) as Client
    const secretDigests = client.secretDigests.map((known) => withKey(known, { tenantId, clientId }, sealer))
    const query = db.query
      .updateTable('clients')
      .set({ document: JSON.stringify({ ...client, secretDigests }) })
      .where('tenant_id', '=', tenantId)
      .where('client_id', '=', clientId)
      .where('document', '=', document) // or somebody was faster
      .compile()
    await cache.write(tenantId, [{ query }])
  }
  await db.scrub()
}
