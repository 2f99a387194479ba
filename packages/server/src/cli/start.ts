import type { Config } from '#config.ts'
import { openFoundation, prepareSigningKeys, serve, type World } from '#server.ts'
import { localTlsFolder } from '#settings/local-tls.ts'
import { announce } from './announce.ts'
import { prepareTenants } from './prepare-tenants.ts'
import { slowly } from './progress.ts'

/** Runs until told to stop: `SIGTERM` finishes what is in flight and exits 0. */
export async function startCommand(config: Config, world: World): Promise<number> {
  for (const warning of config.warnings) world.logger.warn(warning)
  const foundation = await slowly('opening the database', openFoundation(config, world))
  const report = await slowly('applying tenant files', prepareTenants(config, foundation, world))
  await slowly('making signing keys', prepareSigningKeys(foundation, world.now))
  const server = await serve(config, foundation, world)
  announce(config, report, server.port)
  if (config.tls?.kind === 'dev')
    world.logger.info(`Trust ${localTlsFolder(config)}/ca.pem to use https here (NODE_EXTRA_CA_CERTS for Node.js).`)
  await untilStopped()
  await server.stop()
  return 0
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}
