import { execFile, spawnSync } from 'node:child_process'
import { lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { howToInstall, installPackage, type SystemPackage } from './install-package.ts'

export interface Chromium {
  readonly executablePath: string
  /** What it needs in its environment, beside what is there. */
  readonly env: Readonly<Record<string, string>>
}

const chromiumPackage: SystemPackage = { apt: 'chromium', dnf: 'chromium-headless', apk: 'chromium', brew: 'chromium' }

let found: Promise<Chromium> | undefined

/**
 * A Chromium that runs here: the one that npm has brought, the system's, or the system's after installing it. The first
 * call of a user on a machine unpacks 200 MB into the temporary folder (a few seconds); later ones take what is there.
 */
export function findChromium(): Promise<Chromium> {
  found ??= (async () => {
    const chromium = (await packagedChromium()) ?? systemChromium()
    if (chromium) return chromium
    const installed = installPackage(chromiumPackage) ? systemChromium() : undefined
    if (installed) return installed
    throw new Error(`The tests need Chromium and found none. Install it: ${howToInstall(chromiumPackage)}`)
  })()
  return found
}

function systemChromium(): Chromium | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const apps = [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ]
  const executablePath = [...names, ...apps].map(onPath).find((path) => path && runs({ executablePath: path, env: {} }))
  return executablePath ? { executablePath, env: {} } : undefined
}

function onPath(program: string): string | undefined {
  if (program.startsWith('/')) return program
  return spawnSync('/bin/sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).stdout?.trim() || undefined
}

async function packagedChromium(): Promise<Chromium | undefined> {
  const entry = packageEntry()
  if (!entry) return undefined
  const { version } = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string
  }
  // A folder per user: what another user has put into the temporary folder is not for us to run.
  const folder = join(tmpdir(), `keywright-chromium-${version}-${process.getuid?.() ?? 'user'}`)
  const unpacked = await inFolder(folder)
  if (unpacked) return unpacked
  await rm(folder, { recursive: true, force: true }) // half of it may be gone: systems sweep their temporary folders
  await unpack(entry, folder)
  return inFolder(folder)
}

/** The package holds one binary, for Linux on x64 with the GNU C library. */
function packageEntry(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    return fileURLToPath(import.meta.resolve('@sparticuz/chromium'))
  } catch {
    return undefined
  }
}

async function inFolder(folder: string): Promise<Chromium | undefined> {
  const stat = await lstat(folder).catch(() => undefined)
  if (!stat?.isDirectory()) return undefined
  if (stat.uid !== process.getuid?.()) throw new Error(`${folder} belongs to another user: remove it`)
  const executablePath = join(folder, 'chromium')
  const env = { FONTCONFIG_FILE: join(folder, 'fonts.conf'), XDG_CACHE_HOME: join(folder, 'cache') }
  // A bare system lacks NSS and Expat; the package brings them, but they are second best: built for another system.
  const withLibraries = { ...env, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') }
  return [env, withLibraries].map((env) => ({ executablePath, env })).find(runs)
}

/**
 * The package unpacks into the temporary folder, under names that every user and version share, and takes a half-written
 * file for a whole one. So it gets a temporary folder of its own, which becomes ours in one step when it is complete: of
 * several that unpack at once, the first wins and the others use what it made.
 */
async function unpack(entry: string, folder: string): Promise<void> {
  const staging = await mkdtemp(`${folder}-`)
  try {
    const program = `const { default: chromium } = await import(process.argv[1]); await chromium.executablePath()`
    // It leaves out the libraries unless it believes that it runs on AWS Lambda.
    const env = { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' }
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, entry], { env })
    await mkdir(join(staging, 'cache'))
    await writeFile(join(staging, 'fonts.conf'), fontsConfiguration(join(folder, 'fonts'), join(folder, 'cache')))
    await rename(staging, folder)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

/** The system's fonts where there are any, and the package's, so that there is always one. */
const fontsConfiguration = (fonts: string, cache: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${cache}</cachedir>
</fontconfig>
`

function runs({ executablePath, env }: Chromium): boolean {
  const options = { env: { ...process.env, ...env }, stdio: 'ignore', timeout: 20_000 } as const
  return spawnSync(executablePath, ['--version', '--no-sandbox'], options).status === 0
}
