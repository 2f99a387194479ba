import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { createSealer } from '../packages/server/src/crypto/seal.ts'
import { secretFileOf } from '../packages/server/src/settings/secret.ts'
import { signingKeyPurpose } from '../packages/server/src/storage/tables/signing-keys.ts'

type Row = Record<string, SQLInputValue>
type KeyRow = Row & { tenant_id: string; kid: string; private_key: string | null }

/** What each inhabitant has of their own in a copy of the first user's row; the rest is as the server wrote it. */
const own: Record<string, (person: string, index: number) => Row> = {
  users: (person) => ({ user_id: person }),
  user_identifiers: (person, index) => ({ user_id: person, identifier: `inhabitant${index}@example.com` }),
  user_identities: (person, index) => ({ user_id: person, subject: hex(index) }),
  passwords: (person) => ({ user_id: person }),
  sessions: (person, index) => ({
    user_id: person,
    sid: `sid${hex(index)}`,
    main_cookie: digest(cookieOf(index)),
    silent_cookie: digest(`silent ${index}`),
  }),
  refresh_families: (person, index) => ({
    user_id: person,
    family_id: hex(index).slice(2),
    grant_id: digest(`grant ${index}`).slice(0, 22),
    current_digest: digest(`token ${index}`),
    sid: `sid${hex(index)}`,
  }),
}

const hex = (index: number): string => index.toString(16).padStart(24, '0')
const digest = (text: string): string => hash('sha256', text, 'base64url')

/** The session cookie of one of them: as long as a real one. */
export const cookieOf = (index: number): string => digest(`session ${index}`)

/**
 * Fills a stopped server's database with people, each with a session and a refresh token. One of them must have signed in.
 * It goes around the server, because a million sign-ins through it would take ten hours of hashing passwords.
 */
export function populate(file: string, people: number): void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144')
  const tables = Object.keys(own)
  const indexes = db
    .prepare(
      `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (${tables.map(() => '?').join()})`,
    )
    .all(...tables) as { name: string; sql: string }[]
  db.exec('BEGIN')
  // Filling indexes with random keys, one by one, would take most of the time.
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`)
  for (const table of tables) copy(db, table, people)
  for (const { sql } of indexes) db.exec(sql)
  db.exec('COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

function copy(db: DatabaseSync, table: string, people: number): void {
  const model = db.prepare(`SELECT * FROM ${table} LIMIT 1`).get() as Row | undefined
  const different = own[table]
  if (!model || !different) throw new Error(`there is nothing in ${table} to copy`)
  const columns = Object.keys(model)
  const insert = db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
  const { user_id: first } = model
  for (let index = 0; index < people; index++) {
    const person = `auth0|${hex(index)}`
    const row = { ...model, ...different(person, index) }
    // The user's document names the user.
    if (typeof row.document === 'string' && typeof first === 'string')
      row.document = row.document.replaceAll(first, person)
    insert.run(...columns.map((column) => row[column] ?? null))
  }
}

/**
 * Fills a stopped server's database with clients of its tenant, each with origins of its own, and with other tenants that have a
 * client and keys. The first client and the keys are the models.
 */
export function populateTenants(file: string, wanted: { clients: number; tenants: number }): void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -262144; BEGIN')
  const rows = (table: string) => db.prepare(`SELECT * FROM ${table}`).all() as Row[]
  const one = (table: string) => rows(table)[0] ?? noModel(table)
  const [tenant, client, keys] = [one('tenants'), one('clients'), rows('signing_keys') as KeyRow[]]
  const documentOf = ({ document }: Row) => JSON.parse(typeof document === 'string' ? document : '{}') as object
  const inserter = (table: string, model: Row) => {
    const columns = Object.keys(model)
    const insert = db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
    return (row: Row) => insert.run(...columns.map((column) => row[column] ?? null))
  }
  const addTenant = inserter('tenants', tenant)
  const addClient = inserter('clients', client)
  const addKey = inserter('signing_keys', keys[0] ?? noModel('signing_keys'))
  const opened = openKeys(keys, file)
  const addTerm = inserter('client_terms', { tenant_id: '', term: '', client_id: '' })

  const { count } = db.prepare('SELECT count(*) AS count FROM clients').get() as { count: number }
  for (let index = count; index < wanted.clients; index++) {
    const clientId = `client${hex(index)}`
    const origins = [`https://app${index}.example`, `https://*.wild${index}.example`]
    const document = { ...documentOf(client), clientId, allowedOrigins: origins }
    addClient({ ...client, client_id: clientId, secret: null, document: JSON.stringify(document) })
    for (const origin of origins)
      addTerm({ tenant_id: tenant.tenant_id ?? '', term: `origin ${origin}`, client_id: clientId })
  }
  for (let index = 1; index < wanted.tenants; index++) {
    const [id, domain] = [`tenant${index}`, `tenant${index}.example`]
    const document = { ...documentOf(tenant), id, domain, issuer: `https://${domain}/` }
    addTenant({ tenant_id: id, domain, document: JSON.stringify(document) })
    addClient({ ...client, tenant_id: id, secret: null })
    for (const key of opened) addKey({ ...key.row, tenant_id: id, private_key: key.sealedFor(id) })
  }
  db.exec('COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

/** Each tenant's keys are sealed under its name, so that a copied row opens nowhere else: they are opened, and sealed anew. */
function openKeys(rows: readonly KeyRow[], database: string) {
  const sealer = createSealer(readFileSync(secretFileOf(database), 'utf8').trim())
  return rows.map((row) => {
    const pem = row.private_key && sealer.open(row.private_key, signingKeyPurpose(row.tenant_id, row.kid))
    return { row, sealedFor: (tenant: string) => pem && sealer.seal(pem, signingKeyPurpose(tenant, row.kid)) }
  })
}

function noModel(table: string): never {
  throw new Error(`there is nothing in ${table} to copy`)
}
