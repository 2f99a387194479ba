import type { PasswordKdf } from '#crypto/password-kdf.ts'
import type { Random } from '#crypto/random-id.ts'
import type { Sealer } from '#crypto/seal.ts'
import type { RequestLimits } from '#http/rate-limit.ts'
import type { LogEvent } from '#logs/log-event.ts'
import type { Store } from '#storage/store.ts'
import type { Tenant } from '#tenants/tenant.ts'

/** What a request carries. A plain record, built once in `http/build-context.ts`, always the last argument. */
export interface Context {
  tenant: Tenant
  /** Sees this tenant only. */
  store: Store
  /** The one clock that judges every age (`Storage.now`). Epoch milliseconds. */
  now: () => number
  random: Random
  /** The guarded client for what the server itself calls for everybody: documents that many wait for. */
  fetch: typeof fetch
  /** The same for what this caller alone waits for: nobody can use up the others' share. */
  fetchForCaller: typeof fetch
  sealer: Sealer
  passwords: PasswordKdf
  caller: Caller
  /** Counts this request; what is left is told in the answer's headers. */
  limits: RequestLimits
  /** Writes to the tenant's log, in the background; `logId` is the reference shown to people. */
  log: (event: LogEntry) => string
}

/** Who asks, as far as the socket and trusted proxies tell. */
export interface Caller {
  ip: string
  userAgent: string
  /** The `Auth0-Client` telemetry, decoded; undefined when absent or garbage. */
  auth0Client?: Record<string, unknown>
  requestId: string
}

export type LogEntry = Omit<LogEvent, 'logId' | 'date' | 'ip' | 'userAgent' | 'hostname' | 'auth0Client'>
