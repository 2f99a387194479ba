import { OAuthError } from '#errors.ts'
import { networkOf } from '#network.ts'
import type { Tenant } from '#tenants/tenant.ts'

/** A bucket that is full at first, loses one at each request and is refilled steadily. */
export interface Quota {
  burst: number
  perMinute: number
}

/**
 * What is limited, and how: the tenant's `rateLimits` may say otherwise. Documented in docs/reference/limits.md.
 * Auth0 sells these numbers; whoever runs the server pays for the machine already. So the limits of good requests only stop
 * what is out of control, and those of bad ones stop guessing.
 */
export const defaultQuotas = {
  /** Requests that one client makes from one address, at `/oauth/token` and `/oauth/revoke`. */
  token: { burst: 20_000, perMinute: 600_000 },
  /** Wrong secrets for one client from one address; then the right one has to wait, too. */
  failedClientAuthentication: { burst: 30, perMinute: 10 },
  /** Requests about one user. */
  userinfo: { burst: 20_000, perMinute: 600_000 },
  /** Sign-ins begun from one address, each of which waits on the server for an hour, per 2 KiB of it. Silent ones do not count. */
  interactions: { burst: 3000, perMinute: 3000 },
  /** The same from all addresses of the world together: what waits is kept on the disk. */
  tenantInteractions: { burst: 100_000, perMinute: 60_000 },
  /** What strangers at one address make the tenant's log say, in KiB. */
  strangersLog: { burst: 4000, perMinute: 2000 },
  /** Requests from one address for the JWKS and the discovery documents. */
  wellKnown: { burst: 100_000, perMinute: 3_000_000 },
} as const satisfies Record<string, Quota>

export type QuotaName = keyof typeof defaultQuotas

const forAllAddresses: readonly QuotaName[] = ['userinfo', 'tenantInteractions']

/** The limits as one request sees them. */
export interface RequestLimits {
  /** Counts one, or as many. @throws OAuthError 429 if there was none left */
  take(name: QuotaName, key: string, amount?: number): void
  /** Counts nothing. @throws OAuthError 429 if there is none left */
  require(name: QuotaName, key: string): void
  /** Counts one, and lets this request end as it will. */
  spend(name: QuotaName, key: string): void
  /** Counts as many, and says whether there were some; `last` for the ones that used it up. Tells the caller nothing. */
  use(name: QuotaName, key: string, amount: number): 'enough' | 'last' | 'none'
  /** Of the limit looked at last, as Auth0 says it; undefined if there was none. */
  headers(): Record<string, string> | undefined
}

export interface RateLimits {
  /** Keys are the tenant's own, and counted for each address where the quota says so. */
  forRequest(tenant: Tenant, ip: string, now: () => number): RequestLimits
}

interface Bucket {
  tokens: number
  /** Epoch milliseconds. */
  filledAt: number
}

/**
 * @param capacity buckets of one tenant's young generation; so many are kept at least, unless there are too many in all
 * @param most buckets of all tenants together: beyond, the tenant that has most forgets its older ones
 */
export function createRateLimits(capacity = 10_000, most = 100_000): RateLimits & { size(): number } {
  const tenants = new Map<string, Buckets>()
  const size = () => tenants.values().reduce((sum, buckets) => sum + buckets.size, 0)
  let made = 0

  /** Some at a time, because it walks over all tenants. */
  function forgetSome() {
    const enough = most * 0.9
    for (made = size(); made > enough; ) {
      const largestFirst = [...tenants].toSorted(([, one], [, other]) => other.size - one.size)
      for (const [id, buckets] of largestFirst) {
        if (made <= enough) break
        made -= buckets.forgetOld()
        if (buckets.size === 0) tenants.delete(id)
      }
    }
  }

  return {
    size,
    forRequest(tenant, ip, now) {
      let buckets = tenants.get(tenant.id)
      if (!buckets) {
        buckets = new Buckets(capacity, () => {
          if (++made > most) forgetSome()
        })
        tenants.set(tenant.id, buckets)
      }
      return new Limits(buckets, tenant, ip, now)
    },
  }
}

/** Two generations: when the young one is full it becomes the old one, and what nobody asked for meanwhile is forgotten. */
class Buckets {
  #young = new Map<string, Bucket>()
  #old = new Map<string, Bucket>()
  readonly #capacity: number
  readonly #onMade: () => void

  constructor(capacity: number, onMade: () => void) {
    this.#capacity = capacity
    this.#onMade = onMade
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** @returns how many */
  forgetOld(): number {
    const forgotten = this.#old.size
    this.#old = this.#young
    this.#young = new Map()
    return forgotten
  }

  find(key: string, full: number, now: number): Bucket {
    const known = this.#young.get(key)
    if (known) return known
    const old = this.#old.get(key)
    const bucket = old ?? { tokens: full, filledAt: now }
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#old.delete(key)
    this.#young.set(key, bucket)
    if (!old) this.#onMade()
    return bucket
  }
}

class Limits implements RequestLimits {
  readonly #buckets: Buckets
  readonly #tenant: Tenant
  readonly #ip: string
  readonly #now: () => number
  #last: { bucket: Bucket; quota: Quota } | undefined

  constructor(buckets: Buckets, tenant: Tenant, ip: string, now: () => number) {
    this.#buckets = buckets
    this.#tenant = tenant
    this.#ip = ip
    this.#now = now
  }

  take(name: QuotaName, key: string, amount = 1): void {
    const bucket = this.require(name, key)
    bucket.tokens = Math.max(0, bucket.tokens - amount)
  }

  use(name: QuotaName, key: string, amount: number): 'enough' | 'last' | 'none' {
    const { bucket } = this.#fill(name, key)
    if (bucket.tokens < 1) return 'none'
    bucket.tokens = Math.max(0, bucket.tokens - amount)
    return bucket.tokens < 1 ? 'last' : 'enough'
  }

  require(name: QuotaName, key: string): Bucket {
    const bucket = this.#look(name, key)
    if (bucket.tokens >= 1) return bucket
    throw new OAuthError(
      'too_many_requests',
      'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.',
      { status: 429, headers: { 'retry-after': `${Math.max(1, Math.ceil(this.#untilNext() / 1000))}` } },
    )
  }

  spend(name: QuotaName, key: string): void {
    const bucket = this.#look(name, key)
    bucket.tokens = Math.max(0, bucket.tokens - 1)
  }

  headers(): Record<string, string> | undefined {
    if (!this.#last) return undefined
    const { bucket, quota } = this.#last
    return {
      'x-ratelimit-limit': `${quota.burst}`,
      'x-ratelimit-remaining': `${Math.floor(bucket.tokens)}`,
      // Auth0: the moment at which there is one more, in epoch seconds; not how long until then.
      'x-ratelimit-reset': `${Math.ceil((this.#now() + this.#untilNext()) / 1000)}`,
    }
  }

  #look(name: QuotaName, key: string): Bucket {
    this.#last = this.#fill(name, key)
    return this.#last.bucket
  }

  #fill(name: QuotaName, key: string): { bucket: Bucket; quota: Quota } {
    const quota = this.#tenant.settings.rateLimits?.[name] ?? defaultQuotas[name]
    const now = this.#now()
    const caller = forAllAddresses.includes(name) ? '' : networkOf(this.#ip)
    const bucket = this.#buckets.find(`${name}\n${caller}\n${key}`, quota.burst, now)
    // A clock that was set back refills nothing and takes nothing away (SEC-331).
    const elapsed = Math.max(0, now - bucket.filledAt)
    bucket.tokens = Math.min(quota.burst, bucket.tokens + (elapsed * quota.perMinute) / 60_000)
    bucket.filledAt = now
    return { bucket, quota }
  }

  /** Milliseconds until one more request is allowed. */
  #untilNext(): number {
    if (!this.#last) return 0
    const { bucket, quota } = this.#last
    if (bucket.tokens >= quota.burst) return 0
    return ((1 - (bucket.tokens % 1)) * 60_000) / quota.perMinute
  }
}
