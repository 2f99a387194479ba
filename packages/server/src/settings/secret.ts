import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { requireLongSecret, WeakSecret } from '#crypto/long-secret.ts'
import { StartError } from '#errors.ts'

const randomSecret = () => randomBytes(48).toString('base64url')

/** Beside the database, so that one backup of the folder restores both. */
export const secretFileOf = (databaseFile: string): string => join(dirname(databaseFile), 'keywright.secret')

/**
 * The secret that encrypts what the database may hold but must not know. Call it before the database is opened: a
 * database without its secret is refused rather than given a new one that opens nothing.
 * @throws StartError
 */
export async function loadSecret(config: { secret?: string; databaseFile?: string }): Promise<string> {
  if (config.secret !== undefined) return config.secret
  if (config.databaseFile === undefined) return randomSecret()
  const file = secretFileOf(config.databaseFile)
  return (await readSecretFile(file)) ?? (await createSecretFile(file, config.databaseFile))
}

async function readSecretFile(file: string): Promise<string | undefined> {
  const secret = await readFile(file, 'utf8').catch(unlessMissing(file))
  if (secret === undefined) return undefined
  await refuseOpenFile(file)
  try {
    return requireLongSecret(secret.trim())
  } catch (error) {
    if (!(error instanceof WeakSecret)) throw error
    throw new StartError(`The secret in ${file} cannot be used: ${error.message}. Restore the file from a backup.`)
  }
}

async function refuseOpenFile(file: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(file)
  if ((mode & 0o007) === 0) return
  throw new StartError(`Every user of this machine may open ${file}. Close it with: chmod 600 ${file}`)
}

async function createSecretFile(file: string, databaseFile: string): Promise<string> {
  const database = await stat(databaseFile).catch(unlessMissing(databaseFile))
  if (database && database.size > 0) {
    throw new StartError(
      `${databaseFile} exists, but its secret ${file} does not. Restore that file, or set KEYWRIGHT_SECRET to what ` +
        'it was; a new one could not open what is sealed. To start afresh, remove the database.',
    )
  }
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await createWhole(file, `${randomSecret()}\n`)
  } catch (error) {
    throw new StartError(`Cannot make the secret file ${file}: ${(error as Error).message}`)
  }
  // Read back: of several processes that start at once, one has made it, and all use that one.
  const secret = await readSecretFile(file)
  if (secret === undefined) throw new StartError(`The secret file ${file} vanished while starting.`)
  return secret
}

/** Nobody ever sees half of the file, and an existing one wins: it is written aside and then linked into place. */
async function createWhole(file: string, content: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(aside, file)
    await syncFolder(dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** A power cut must not leave a database whose secret was never written. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const unlessMissing =
  (file: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code === 'ENOENT') return undefined
    throw new StartError(`Cannot read ${file}: ${error.message}`)
  }
