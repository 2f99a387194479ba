import type { Interaction } from '#login/interaction.ts'
import type { Database } from '../database.ts'
import { type Param, prepare, prepareInsert } from '../statement.ts'
import type { InteractionStore } from '../store.ts'

type Lookup = { tenantId: string; digest: string; now: number }
type Change = {
  tenantId: string
  idDigest: string
  version: number
  nextVersion: number
  upstream: string | undefined
  expiresAt: number
  document: string
}

export function interactionTable(db: Database) {
  const byId = prepare(db, (query, param: Param<Lookup>) =>
    query
      .selectFrom('interactions')
      .select(['document', 'version'])
      .where('tenant_id', '=', param('tenantId'))
      .where('id_digest', '=', param('digest'))
      .where('expires_at', '>', param('now')),
  )
  const byUpstreamState = prepare(db, (query, param: Param<Lookup>) =>
    query
      .selectFrom('interactions')
      .select(['document', 'version'])
      .where('tenant_id', '=', param('tenantId'))
      .where('upstream_state_digest', '=', param('digest'))
      .where('expires_at', '>', param('now')),
  )
  const insert = prepareInsert(db, 'interactions', [
    'tenant_id',
    'id_digest',
    'version',
    'upstream_state_digest',
    'expires_at',
    'document',
  ])
  const update = prepare(db, (query, param: Param<Change>) =>
    query
      .updateTable('interactions')
      .set({
        version: param('nextVersion'),
        upstream_state_digest: param('upstream'),
        expires_at: param('expiresAt'),
        document: param('document'),
      })
      .where('tenant_id', '=', param('tenantId'))
      .where('id_digest', '=', param('idDigest'))
      .where('version', '=', param('version')),
  )

  return (tenantId: string): InteractionStore => ({
    async create(interaction) {
      const row = {
        tenant_id: tenantId,
        id_digest: interaction.idDigest,
        version: interaction.version,
        upstream_state_digest: interaction.upstream?.stateDigest ?? null,
        expires_at: interaction.expiresAt,
        document: JSON.stringify(interaction),
      }
      await db.transact([{ query: insert(row) }])
    },
    async find(digest, now) {
      const [row] = await db.read(byId({ tenantId, digest, now }))
      return row && toInteraction(row)
    },
    async findByUpstreamState(digest, now) {
      const [row] = await db.read(byUpstreamState({ tenantId, digest, now }))
      return row && toInteraction(row)
    },
    async update(interaction) {
      const { idDigest, version, expiresAt } = interaction
      const upstream = interaction.upstream?.stateDigest
      const document = JSON.stringify(interaction)
      const change = { tenantId, idDigest, version, nextVersion: version + 1, upstream, expiresAt, document }
      return (await db.transact([{ query: update(change), required: true }])) !== undefined
    },
  })
}

const toInteraction = (row: { document: string; version: number }): Interaction => ({
  ...(JSON.parse(row.document) as Interaction),
  version: row.version,
})
