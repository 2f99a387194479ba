import type { Config } from '#config.ts'
import type { Foundation, World } from '#server.ts'
import { openFoundation, prepareSigningKeys, serve } from '#server.ts'
import { localTlsFolder } from '#settings/local-tls.ts'
import { prepareTenants } from '#tenant-file/prepare-tenants.ts'
import { formatReport, type Report } from '#tenant-file/report.ts'
import { announce } from './announce.ts'
import { handBackMemory } from './hand-back-memory.ts'
import { slowly } from './progress.ts'

/** Runs until told to stop: `SIGTERM` finishes what is in flight and exits 0. */
export async function startCommand(config: Config, world: World): Promise<number> {
  const stopped = untilStopped()
  for (const warning of config.warnings) world.logger.warn(warning)
  const foundation = await slowly('opening the database', openFoundation(config, world))
  try {
    await runOn(foundation, config, world, stopped)
  } catch (error) {
    await foundation.storage.close() // or its connections would keep a process alive that serves nobody
    throw error
  }
  return 0
}

async function runOn(foundation: Foundation, config: Config, world: World, stopped: Promise<void>): Promise<void> {
  const report = await foundation.storage.exclusively(() => prepare(config, foundation, world))
  const server = await serve(config, foundation, world)
  const told = formatReport(report)
  if (told) process.stdout.write(`${told}\n\n`)
  announce(config, report.sampleCredentials)
  if (config.tls?.kind === 'dev')
    world.logger.info(
      `To trust this server: NODE_EXTRA_CA_CERTS=${localTlsFolder(config)}/ca.pem, or add that file to your browser.`,
    )
  handBackMemory()
  // Whoever stops the server need not wait for slow hashes.
  await Promise.race([comparePasswords(report, world), stopped])
  await stopped
  await server.stop()
}

/** One process at a time: two that start at once would make up two ids and two keys for the same thing. */
async function prepare(config: Config, foundation: Foundation, world: World): Promise<Report> {
  const report = await slowly('applying tenant files', applyTenants(config, foundation, world))
  await slowly('making signing keys', prepareSigningKeys(foundation))
  return report
}

function applyTenants(config: Config, { storage, passwords }: Foundation, { random }: World): Promise<Report> {
  const { tenantFiles, keywordMappings, strictImport, url } = config
  const platform = {
    tenants: storage.tenants,
    now: storage.now,
    random,
    passwords,
    defaultTenantUrl: url,
    strict: strictImport,
  }
  return prepareTenants(tenantFiles, platform, keywordMappings)
}

/** Slow hashes of users whom a tenant file names again: they are compared while the server already answers. */
async function comparePasswords({ passwords }: Report, { logger }: World): Promise<void> {
  if (passwords.count === 0) return
  const lines = await slowly(`comparing ${passwords.count} passwords of the tenant files`, passwords.run())
  for (const line of lines) logger.info(line)
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
