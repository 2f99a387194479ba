import type { Config } from '#config.ts'
import { loadSecret } from '#config.ts'
import { createPasswordKdf, type PasswordKdf } from '#crypto/password-kdf.ts'
import type { Random } from '#crypto/random-id.ts'
import { createSealer, type Sealer } from '#crypto/seal.ts'
import type { Platform } from '#http/build-context.ts'
import type { Limits } from '#http/limits.ts'
import { listen } from '#http/listen.ts'
import type { Logger } from '#http/logger.ts'
import { createOutgoing } from '#http/outgoing.ts'
import { trustProxies } from '#http/proxies.ts'
import { createRateLimits } from '#http/rate-limit.ts'
import { createShares } from '#http/shares.ts'
import { unknownHosts } from '#http/unknown-host.ts'
import { routes } from '#routes.ts'
import { resolveTls } from '#settings/local-tls.ts'
import { openStorage } from '#storage/open-storage.ts'
import type { Storage } from '#storage/store.ts'
import { isLocal } from '#tenants/domain.ts'
import { ensureSigningKeys } from '#tokens/signing-keys.ts'

/** What tests choose instead of the world. */
export interface World {
  /** The machine's clock. Once the storage is open, `storage.now` is the clock that counts. */
  now: () => number
  /** A clock that only ever goes on; the machine's, if left out. */
  uptime?: () => number
  random: Random
  logger: Logger
  passwords?: PasswordKdf
  fetch?: typeof fetch
  limits?: Limits
}

/** Everything that stands below the network: used by the server and by the command-line tools alike. */
export interface Foundation {
  storage: Storage
  sealer: Sealer
  passwords: PasswordKdf
}

/** Milliseconds between sweeps of expired rows. */
const sweepInterval = 60_000

export async function openFoundation(config: Config, { now, uptime, logger, passwords }: World): Promise<Foundation> {
  const sealer = createSealer(await loadSecret(config))
  const onError = (error: unknown) => logger.error({ err: error }, 'storage failed in the background')
  const storage = await openStorage({ url: config.database, sealer, now, uptime, onError })
  return { storage, sealer, passwords: passwords ?? createPasswordKdf() }
}

export interface RunningServer {
  port: number
  /** Stops accepting, finishes what is in flight, writes what is queued. */
  stop(): Promise<void>
}

/** Binds the foundation to the network. */
export async function serve(config: Config, foundation: Foundation, world: World): Promise<RunningServer> {
  const { storage, sealer, passwords } = foundation
  const platform: Platform = {
    storage,
    sealer,
    passwords,
    now: storage.now,
    random: world.random,
    fetch:
      world.fetch ??
      createOutgoing({ allowPrivateNetworks: isLocal(config.url), privateNetworks: config.privateNetworks }),
    proxies: trustProxies(config.trustedProxies),
    shares: createShares(),
    rateLimits: createRateLimits(),
    logger: world.logger,
    secure: config.url.startsWith('https:'),
    unknownHost: unknownHosts(isLocal(config.url) ? config.url : undefined, { logger: world.logger, now: storage.now }),
  }
  const hosts = (await storage.tenants.list()).map((tenant) => new URL(tenant.issuer).hostname)
  const tls = await resolveTls(config, hosts, world.now())
  const server = await listen(routes, platform, { host: config.host, port: config.port, tls }, world.limits)
  const sweeping = sweepInBackground(storage, world)
  return {
    port: server.port,
    async stop() {
      await server.close()
      await sweeping.stop()
      await storage.close()
    },
  }
}

/** Every tenant can sign before the first request comes. @throws SealError if the secret is not the one that the keys were sealed with */
export async function prepareSigningKeys({ storage }: Pick<Foundation, 'storage'>): Promise<void> {
  for (;;) {
    const tenants = await storage.tenants.listUnableToSign('RS256', 100)
    for (const tenant of tenants)
      await ensureSigningKeys('RS256', { store: storage.tenants.storeFor(tenant), tenant, now: storage.now })
    if (tenants.length === 0) break
  }
  // The keys of one tell it; those of thousands are opened when they are needed.
  const [tenant] = await storage.tenants.list({ limit: 1 })
  if (tenant) await storage.tenants.storeFor(tenant).signingKeys.list()
}

/** Small batches, so that nobody waits for them; a failure is logged and tried again at the next turn. */
function sweepInBackground(storage: Storage, { logger }: World): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    running = storage.sweep(storage.now()).catch((error: unknown) => logger.error({ err: error }, 'sweeping failed'))
  }, sweepInterval)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
