// What the guides give the reader to copy works as it stands.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseTenantFile } from '../../packages/server/src/tenant-file/parse-tenant-file.ts'
import { exchange, postToken, signIn } from '../../packages/server/testing/login.ts'
import { startServer } from '../../packages/server/testing/start-server.ts'
import { snippetsOf } from './snippets.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const pages = globSync('{README.md,docs/**/*.md}', { cwd: root }).sort()
const guide = (name: string) => snippetsOf(join(root, 'docs/guide', name))

describe('every tenant file is one that the server takes without a remark', () => {
  for (const page of pages) {
    // Indented ones are parts of a file that the text is talking about.
    const files = snippetsOf(join(root, page)).filter(({ language, code }) => language === 'yaml' && /^\w/.test(code))
    for (const [index, { code }] of files.entries())
      test(`${page}, example ${index + 1}`, () => assert.deepEqual(parseTenantFile(code, page).notes, []))
  }
})

test('an export of Auth0’s users becomes a tenant file', () => {
  const script = guide('migrating-from-auth0.md').find(({ file }) => file === 'to-users.mjs')?.code ?? ''
  const exported = {
    _id: { $oid: '60425dc43519d90068f82973' },
    email_verified: true,
    email: 'ada@example.com',
    passwordHash: '$2b$10$Z6hUTEEeoJXN5/AmSm/4.eZ75RYgFVriQM9LPhNEC7kbAbS/VAaJ2',
    password_set_date: { $date: '2021-03-05T16:35:16.775Z' },
    tenant: 'you',
    connection: 'Username-Password-Authentication',
  }
  const input = `${JSON.stringify(exported)}\n`
  const made = execFileSync(process.execPath, ['--input-type=module', '-e', script], { input, encoding: 'utf8' })
  const { users, notes } = parseTenantFile(made, 'users.json')
  assert.deepEqual(notes, [])
  assert.deepEqual(
    users.map(({ wanted }) => wanted.user_id),
    ['auth0|60425dc43519d90068f82973'],
  )
  assert.equal(users[0]?.wanted.password_hash, exported.passwordHash)
})

test('SEC-308: after a restore as the guide has it, nothing works that was alive when the backup was made', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-restore-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const [path, backup] = [join(folder, 'keywright.db'), join(folder, 'backup.db')]
  const environment = (file: string) => ({
    KEYWRIGHT_DATABASE: `sqlite:${file}`,
    KEYWRIGHT_SECRET: 'q7Zr2mXw9TkL4vBn8sYd3hGf6jPc1eUa',
  })

  const before = await startServer({ environment: environment(path) })
  const scope = 'openid offline_access appointments'
  const asked = { scope, audience: 'appointments:api' }
  const signedIn = await signIn(before.url, asked)
  const code = signedIn.location ?? ''
  const { body: tokens } = await exchange(before.url, await signIn(before.url, asked, signedIn.browser))
  const port = new URL(before.url).port
  const db = new DatabaseSync(path)
  db.exec(`VACUUM INTO '${backup}'`) // as the guide has it, while the server runs
  db.close()
  await postToken(before.url, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: String(tokens.refresh_token),
  })
  await before.stop()

  const restored = new DatabaseSync(backup)
  const statements = guide('production.md').find(
    ({ language, code }) => language === 'sql' && code.startsWith('DELETE'),
  )
  restored.exec(statements?.code ?? '')
  restored.close()

  const after = await startServer({ environment: { ...environment(backup), PORT: port } })
  t.after(after.stop)
  const refreshed = await postToken(after.url, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: String(tokens.refresh_token),
  })
  assert.equal(refreshed.body.error, 'invalid_grant')
  const exchanged = await exchange(after.url, { ...signedIn, location: code })
  assert.equal(exchanged.body.error, 'invalid_grant')
  const again = await signedIn.browser.get(`/authorize?${new URLSearchParams({ ...silent, ...asked })}`)
  assert.match(again.location ?? '', /error=login_required/)
  const anew = await exchange(after.url, await signIn(after.url, asked))
  assert.equal(anew.status, 200, 'and everybody can sign in again')
})

const clientId = 'Nh8vTqNYjbsVfMTHy2cFTRUFgyqjAqnn'
const silent = {
  response_type: 'code',
  client_id: clientId,
  redirect_uri: 'https://app.example/callback',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
  prompt: 'none',
}
