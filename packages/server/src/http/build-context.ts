import type { IncomingMessage } from 'node:http'
import type { Caller, Context } from '#context.ts'
import type { PasswordKdf } from '#crypto/password-kdf.ts'
import { type Random, randomHex } from '#crypto/random-id.ts'
import type { Sealer } from '#crypto/seal.ts'
import { HttpError } from '#errors.ts'
import { writeLog } from '#logs/write-log.ts'
import type { Storage } from '#storage/store.ts'
import { resolveTenant } from '#tenants/resolve-tenant.ts'
import type { Logger } from './logger.ts'
import type { ProxyTrust } from './proxies.ts'
import type { RateLimits } from './rate-limit.ts'
import type { createShares } from './shares.ts'

/** What the process holds, made once in `main.js`. */
export interface Platform {
  storage: Storage
  sealer: Sealer
  passwords: PasswordKdf
  now: () => number
  random: Random
  /** The guarded client for outgoing requests. */
  fetch: typeof fetch
  shares: ReturnType<typeof createShares>
  proxies: ProxyTrust
  rateLimits: RateLimits
  logger: Logger
  /** Whether browsers reach us by https: then HSTS is sent. */
  secure: boolean
  /** Notes a host that no tenant has, and says what to answer. */
  unknownHost: (host: string) => string
}

/** Host → tenant first, before anything else of the request is looked at. */
export async function buildContext(message: IncomingMessage, platform: Platform): Promise<{ ctx: Context }> {
  const address = platform.proxies.read(message)
  const tenant = await resolveTenant(hostOf(message, address.host), platform.storage.tenants)
  const store = platform.storage.tenants.storeFor(tenant)
  const caller: Caller = {
    ip: address.ip,
    userAgent: (message.headers['user-agent'] ?? '').slice(0, 512),
    auth0Client: telemetry(message.headers['auth0-client']),
    requestId: randomHex(platform.random, 8),
  }
  const { now, random, sealer, passwords } = platform
  const ctx: Context = {
    tenant,
    store,
    now,
    random,
    sealer,
    passwords,
    fetch: platform.fetch,
    fetchForCaller: platform.shares(platform.fetch, caller.ip),
    caller,
    limits: platform.rateLimits.forRequest(tenant, caller.ip, now),
    log: (entry) => writeLog(entry, ctx),
  }
  return { ctx }
}

/** One Host, and a request target that does not contradict it (SEC-255). */
function hostOf(message: IncomingMessage, forwarded: string | undefined): string {
  let hosts = 0
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  const host = message.headers.host
  if (hosts !== 1 || !host) throw new HttpError(400, 'Exactly one Host header is needed.')
  if (!message.url?.startsWith('/')) throw new HttpError(400, 'The request target must be a path.')
  return forwarded ?? host
}

/** `Auth0-Client`: base64 of JSON. Never fails: garbage is no telemetry. */
function telemetry(header: string | string[] | undefined): Record<string, unknown> | undefined {
  if (typeof header !== 'string' || header.length > 1024) return undefined
  try {
    const decoded: unknown = JSON.parse(Buffer.from(header, 'base64').toString())
    if (typeof decoded !== 'object' || decoded === null) return undefined
    const { name, version } = decoded as Record<string, unknown>
    return typeof name === 'string' && typeof version === 'string'
      ? { name: name.slice(0, 64), version: version.slice(0, 64) }
      : undefined
  } catch {
    return undefined
  }
}
