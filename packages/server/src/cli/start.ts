import { once } from 'node:events'
import type { Config } from '#config.ts'
import { StartError } from '#errors.ts'
import type { Foundation, World } from '#server.ts'
import { openFoundation, prepareSigningKeys, serve } from '#server.ts'
import { localTlsFolder } from '#settings/local-tls.ts'
import { prepareTenants } from '#tenant-file/prepare-tenants.ts'
import { formatReport, type Report } from '#tenant-file/report.ts'
import { announce } from './announce.ts'
import { requireFolder } from './existing-database.ts'
import { handBackMemory } from './hand-back-memory.ts'
import { slowly } from './progress.ts'

/**
 * Runs until told to stop: `SIGTERM` finishes what is in flight and exits 0. Whatever else ends it, ends all of it: a process
 * that listens and serves nobody looks alive to those who would start it anew.
 */
export async function startCommand(config: Config, world: World): Promise<number> {
  const stopping = untilStopped()
  for (const warning of config.warnings) world.logger.warn(warning)
  await requireFolder(config)
  const foundation = await slowly('opening the database', openFoundation(config, world))
  const { report, server } = await listenOn(foundation, config, world)
  try {
    tell(report, config, world)
    handBackMemory()
    await comparePasswords(report, world, stopping)
    await stopped(stopping)
  } finally {
    await server.stop()
  }
  return 0
}

async function listenOn(foundation: Foundation, config: Config, world: World) {
  try {
    const report = await foundation.storage.exclusively(() => prepare(config, foundation, world))
    return { report, server: await serve(config, foundation, world) }
  } catch (error) {
    await foundation.storage.close() // or its connections would keep a process alive that serves nobody
    throw error
  }
}

function tell(report: Report, config: Config, { logger }: World): void {
  const told = formatReport(report)
  if (told) process.stdout.write(`${told}\n\n`)
  announce(config, report.sampleCredentials)
  if (config.tls?.kind === 'dev')
    logger.info(
      `To trust this server: NODE_EXTRA_CA_CERTS=${localTlsFolder(config)}/ca.pem, or add that file to your browser.`,
    )
}

/** One process at a time: two that start at once would make up two ids and two keys for the same thing. */
async function prepare(config: Config, foundation: Foundation, world: World): Promise<Report> {
  await foundation.storage.keyClientDigests()
  await slowly('indexing clients', foundation.storage.indexClients())
  const report = await slowly('applying tenant files', applyTenants(config, foundation, world))
  await slowly('making signing keys', prepareSigningKeys(foundation))
  return report
}

function applyTenants(config: Config, { storage, passwords, sealer }: Foundation, { random }: World): Promise<Report> {
  const { tenantFiles, keywordMappings, strictImport, url } = config
  const platform = {
    tenants: storage.tenants,
    now: storage.now,
    random,
    passwords,
    sealer,
    defaultTenantUrl: url,
    strict: strictImport,
  }
  return prepareTenants(tenantFiles, platform, keywordMappings)
}

/**
 * Slow hashes of users whom a tenant file names again: they are compared while the server already answers, and whoever stops
 * it waits for one of them at most. An outage is sat out; anything else is a bug, and ends the process.
 */
async function comparePasswords({ passwords }: Report, { logger }: World, stopping: AbortSignal): Promise<void> {
  if (passwords.count === 0) return
  try {
    const lines = await slowly(`comparing ${passwords.count} passwords of the tenant files`, passwords.run(stopping))
    for (const line of lines) logger.info(line)
  } catch (error) {
    logger.error({ err: error }, 'comparing passwords failed')
    throw new StartError(`The passwords of the tenant files could not be compared: ${String(error)}`)
  }
}

function untilStopped(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort())
  return stopping.signal
}

async function stopped(stopping: AbortSignal): Promise<void> {
  if (!stopping.aborted) await once(stopping, 'abort')
}
