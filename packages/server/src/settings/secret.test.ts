import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { StartError } from '#errors.ts'
import { loadSecret } from './secret.ts'

const folders: string[] = []
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-secret-'))
  folders.push(folder)
  return folder
}

test('the secret that was set is the secret', async () => {
  assert.equal(await loadSecret({ secret: 'set', databaseFile: '/nowhere/k.db' }), 'set')
})

test('a database in memory has a new secret each time', async () => {
  assert.notEqual(await loadSecret({}), await loadSecret({}))
})

test('the first start makes a file that only its owner can read, later starts use it', async () => {
  const databaseFile = join(await aFolder(), 'data', 'k.db')
  const first = await loadSecret({ databaseFile })
  const file = join(databaseFile, '..', 'keywright.secret')
  assert.equal(Buffer.from(first, 'base64url').length, 48)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await readFile(file, 'utf8')).trim(), first)
  await writeFile(databaseFile, 'rows')
  assert.equal(await loadSecret({ databaseFile }), first)
})

test('of many processes that start at once, all use the same secret, and no other file is left', async () => {
  const folder = await aFolder()
  const databaseFile = join(folder, 'k.db')
  const secrets = await Promise.all(Array.from({ length: 20 }, () => loadSecret({ databaseFile })))
  assert.equal(new Set(secrets).size, 1)
  assert.deepEqual(await readdir(folder), ['keywright.secret'])
})

test('a database whose secret is lost is not given a new one', async () => {
  const folder = await aFolder()
  await writeFile(join(folder, 'k.db'), 'rows')
  await assert.rejects(
    loadSecret({ databaseFile: join(folder, 'k.db') }),
    (error: unknown) => error instanceof StartError && /exists, but its secret/.test(error.message),
  )
  assert.deepEqual(await readdir(folder), ['k.db'])
})

for (const content of ['', 'short', 'a'.repeat(64)])
  test(`SEC-300: refuses a secret file that holds ${JSON.stringify(content)}`, async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'keywright.secret'), content, { mode: 0o600 })
    await assert.rejects(loadSecret({ databaseFile: join(folder, 'k.db') }), StartError)
  })

test('refuses a secret file that everybody can read', async () => {
  const databaseFile = join(await aFolder(), 'k.db')
  await loadSecret({ databaseFile })
  await chmod(join(databaseFile, '..', 'keywright.secret'), 0o644)
  await assert.rejects(loadSecret({ databaseFile }), /chmod 600/)
})
