import { createServer } from 'node:net'
import { type Config, readConfig } from '#config.ts'
import { createPasswordKdf, type PasswordKdf } from '#crypto/password-kdf.ts'
import { systemRandom } from '#crypto/random-id.ts'
import { defaultLimits, type Limits } from '#http/limits.ts'
import type { Logger } from '#http/logger.ts'
import type { Storage, Store } from '#storage/store.ts'
import { defaultTenantSettings, type Tenant } from '#tenants/tenant.ts'
import { openFoundation, prepareSigningKeys, serve } from '../src/server.ts'
import { seedSample } from './builders.ts'
import { endWithTest } from './end-with-test.ts'

export interface TestServer {
  /** Without a trailing slash. */
  url: string
  tenant: Tenant
  store: Store
  storage: Storage
  config: Config
  clock: Clock
  /** What the server thought worth an error: empty, or the test has found a bug. */
  errors: unknown[]
  stop(): Promise<void>
}

/** The time as the server's machine sees it. A server on PostgreSQL does not look at it: see `testing/database-clock.ts`. */
export interface Clock {
  now(): number
  /** Time passes. */
  advance(milliseconds: number): void
  /** Somebody sets the machine's clock, forwards or back. */
  jump(milliseconds: number): void
}

export interface TestServerOptions {
  /** Settings as the environment would say them. */
  environment?: Record<string, string>
  /** What is in the tenant; the sample application, API and user if left out. */
  seed?: (store: Store, tenant: Tenant, url: string) => Promise<void>
  /** For what the server itself calls; the guarded client of a laptop if left out. */
  fetch?: typeof fetch
  /** For tests that sign in a thousand times and are about something else. */
  passwords?: PasswordKdf
  /** Milliseconds that the machine's clock is wrong from the beginning. */
  wrongBy?: number
  /** Those of production, if left out. */
  limits?: Partial<Limits>
}

/** A real server on a free port, with a database of its own and a clock that the test moves. */
export async function startServer({
  environment = {},
  seed = seedSample,
  fetch,
  passwords = createPasswordKdf(),
  wrongBy = 0,
  limits,
}: TestServerOptions = {}): Promise<TestServer> {
  const port = environment.PORT ?? `${await freePort()}`
  const config = readConfig({ KEYWRIGHT_DATABASE: 'sqlite::memory:', PORT: port, ...environment }, process.cwd())
  const clock = movableClock(wrongBy)
  const errors: unknown[] = []
  const world = {
    now: clock.now,
    uptime: clock.uptime,
    random: systemRandom,
    logger: collecting(errors),
    passwords,
    fetch,
    limits: { ...defaultLimits, ...limits },
  }
  const foundation = await openFoundation(config, world)
  const { storage } = foundation
  const tenant =
    (await storage.tenants.findByDomain(new URL(config.url).host)) ?? (await addTenant(storage, config.url, seed))
  await prepareSigningKeys(foundation)
  const server = await serve(config, foundation, world)
  const store = storage.tenants.storeFor(tenant)
  return { url: config.url, tenant, store, storage, config, clock, errors, stop: endWithTest(server.stop) }
}

/** A tenant at `url`, isolated from all others. */
export async function addTenant(
  storage: Storage,
  url: string,
  seed: NonNullable<TestServerOptions['seed']> = seedSample,
): Promise<Tenant> {
  const domain = new URL(url).host
  const tenant: Tenant = { id: `ten_${domain}`, domain, issuer: `${url}/`, settings: defaultTenantSettings }
  await storage.tenants.create(tenant)
  await seed(storage.tenants.storeFor(tenant), tenant, url)
  return tenant
}

function movableClock(wrongBy: number): Clock & { uptime(): number } {
  let passed = 0
  let jumped = wrongBy
  return {
    now: () => Date.now() + passed + jumped,
    uptime: () => performance.now() + passed,
    advance: (milliseconds) => {
      passed += milliseconds
    },
    jump: (milliseconds) => {
      jumped += milliseconds
    },
  }
}

function collecting(errors: unknown[]): Logger {
  const ignore = () => {}
  return { info: ignore, debug: ignore, warn: ignore, error: (...what: unknown[]) => void errors.push(what) }
}

/** A port nobody uses now. The issuer names the port, so it must be known before the server listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
