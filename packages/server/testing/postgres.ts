import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import pg from 'pg'
import { findPostgres, postgresUser, type RunAs } from './postgres-binaries.ts'

export interface PostgresServer {
  /** Of a superuser, to the database `postgres`. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts a real PostgreSQL that lives in a temporary folder, listens on loopback only, and goes with this process, however
 * it ends. With `durable`, a commit survives the machine; without, commits do not wait for the disk.
 * Throws a sentence that says what to install where there are no binaries.
 */
export async function startPostgres({ durable = false } = {}): Promise<PostgresServer> {
  const runAs = postgresUser()
  const folder = await mkdtemp(join(tmpdir(), 'keywright-postgres-'))
  await chmod(folder, 0o700)
  if (runAs) await chown(folder, runAs.uid, runAs.gid)
  try {
    const bin = await findPostgres(runAs, folder)
    const password = randomBytes(16).toString('hex')
    await initialize(bin, folder, password, runAs)
    return await startOnFreePort({ bin, folder, password, runAs, durable })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/**
 * The URL of a new, empty database with a random name, on the server at `url`: by default the one `npm test` has started
 * (KEYWRIGHT_TEST_POSTGRES), or, when a test file runs alone, one that this process starts and shares.
 */
export async function freshDatabase(url?: string): Promise<string> {
  const server = url ?? process.env.KEYWRIGHT_TEST_POSTGRES ?? (await ownServer()).url
  const name = `keywright_test_${randomBytes(8).toString('hex')}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    // From template0, so that order and encoding are the same on everybody's server.
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`)
  } finally {
    await client.end()
  }
  const database = new URL(server)
  database.pathname = `/${name}`
  return database.href
}

let shared: Promise<PostgresServer> | undefined
function ownServer(): Promise<PostgresServer> {
  shared ??= startPostgres()
  return shared
}

interface Plan {
  readonly bin: string
  readonly folder: string
  readonly password: string
  readonly runAs: RunAs
  readonly durable: boolean
}

async function initialize(bin: string, folder: string, password: string, runAs: RunAs): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (runAs) await chown(passwordFile, runAs.uid, runAs.gid)
  // A password even here: other users of this machine can reach the port, and a superuser can run programs.
  const args = ['-D', join(folder, 'data'), '-U', 'keywright', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  const initdb = spawn(join(bin, 'initdb'), [...args, '--no-sync', '--locale=C', '--encoding=UTF8'], {
    ...runAs,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  initdb.stderr.setEncoding('utf8').on('data', (text) => {
    complaint += text
  })
  const [code] = (await once(initdb, 'close')) as [number | null]
  if (code !== 0) throw new Error(`initdb failed: ${complaint.trim()}`)
}

/** Between finding a free port and taking it, another process may take it first; then the next one is tried. */
async function startOnFreePort(plan: Plan): Promise<PostgresServer> {
  let lastWords = ''
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort()
    const started = await start(plan, port)
    if ('stop' in started) {
      return { url: `postgres://keywright:${plan.password}@127.0.0.1:${port}/postgres`, stop: started.stop }
    }
    lastWords = started.lastWords
  }
  throw new Error(`PostgreSQL did not start: ${lastWords}`)
}

/**
 * The server's guard: it holds the other end of our stdin pipe, which closes when we stop the server and also when we are
 * killed. Its own stderr is closed so that the pipe's end means the server's.
 */
const guard = `
  folder=$1; shift
  "$@" </dev/null >/dev/null & server=$!
  exec 2>/dev/null
  cat >/dev/null
  kill -QUIT $server
  wait $server
  rm -rf "$folder"`

async function start(plan: Plan, port: number): Promise<{ stop(): Promise<void> } | { lastWords: string }> {
  const command = [join(plan.bin, 'postgres'), '-D', join(plan.folder, 'data'), ...settings(plan, port)]
  // Detached, so that Ctrl-C reaches us and not the server under our feet.
  const child = spawn('/bin/sh', ['-c', guard, 'guard', plan.folder, ...command], {
    ...plan.runAs,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  const words = await wordsUntilReady(child.stderr)
  if (words !== 'ready') {
    child.kill('SIGKILL') // only the guard is left, and it would take the folder with it
    return { lastWords: words }
  }
  // A server that nobody stopped must not keep a finished test alive: the guard sees our end and does the rest.
  for (const handle of [child, child.stdin, child.stderr] as { unref?(): void }[]) handle.unref?.()
  const stop = async () => {
    child.ref()
    child.stdin.end()
    if (child.exitCode === null) await exited
  }
  return { stop }
}

/** Reads the server's log: to its end, if it does not start; otherwise on and on, because a full pipe would stop it. */
function wordsUntilReady(log: Readable): Promise<string> {
  const lines = createInterface({ input: log })
  const words: string[] = []
  return new Promise((resolve) => {
    lines.on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve('ready')
      words.push(line)
      if (words.length > 5) words.shift()
    })
    lines.on('close', () => resolve(words.join('\n')))
  })
}

function settings({ durable }: Plan, port: number): string[] {
  const chosen = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
