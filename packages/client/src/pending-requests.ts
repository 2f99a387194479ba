import type { Environment, Storage } from './environment.ts'
import { isRecord, parseJson } from './json.ts'
import type { TokenResponse } from './token-request.ts'

/** What must be remembered while the user is at the server. */
export interface PendingRequest {
  codeVerifier: string
  nonce: string
  redirectUri: string
  scope: string
  maxAge?: number
  organization?: string
  appState?: unknown
  /** What the code was redeemed for. The code is spent: whoever finds this goes on from here. */
  received?: Received
}

/** A token response that was not verified yet, and when it came. */
export interface Received {
  response: TokenResponse
  at: number
}

/** Who has not come back by then never will: the server's own pages expire earlier. */
const LIFETIME = 60 * 60_000

/**
 * One storage entry per `state`, so that two logins at once, even from two tabs, never overwrite each other. A small index of
 * all states lets us clear away logins that the user gave up; if a race loses a line of it, an entry lingers, nothing more.
 */
export class PendingRequests {
  readonly #storage: Storage
  readonly #prefix: string
  readonly #environment: Environment
  readonly #underWay = new Set<string>()

  constructor(storage: Storage, prefix: string, environment: Environment) {
    this.#storage = storage
    this.#prefix = prefix
    this.#environment = environment
  }

  async add(state: string, request: PendingRequest): Promise<void> {
    const startedAt = this.#environment.now()
    await this.#storage.set(this.#key(state), JSON.stringify({ ...request, startedAt }))
    const live = await this.#withoutStale(startedAt)
    await this.#writeIndex({ ...live, [state]: startedAt })
  }

  /**
   * Hands in what is remembered, and forgets it first: a callback that comes twice finds nothing (RFC 9700 §4.7.1). What was
   * received stays until it is dropped.
   */
  async answer<T>(state: string, work: (request: PendingRequest | undefined) => Promise<T>): Promise<T> {
    // The state comes from outside and becomes a storage key. Both tests and the mark happen before the first await.
    if (!/^[\w-]{1,128}$/.test(state) || this.#underWay.has(state)) return work(undefined)
    this.#underWay.add(state)
    try {
      const stored = parseJson(await this.#storage.get(this.#key(state)))
      if (!isStored(stored)) {
        await this.#storage.remove(this.#key(state))
        return await work(undefined)
      }
      const { startedAt, ...request } = stored
      if (!request.received) await this.drop(state)
      return await work(this.#environment.now() - startedAt > LIFETIME ? undefined : request)
    } finally {
      this.#underWay.delete(state)
    }
  }

  async drop(state: string): Promise<void> {
    await this.#storage.remove(this.#key(state))
    await this.#removeFromIndex(state)
  }

  async #withoutStale(now: number): Promise<Record<string, number>> {
    const index = Object.entries(await this.#readIndex())
    const stale = index.filter(([, startedAt]) => now - startedAt > LIFETIME)
    for (const [state] of stale) await this.#storage.remove(this.#key(state))
    return Object.fromEntries(index.filter((entry) => !stale.includes(entry)))
  }

  async #removeFromIndex(state: string): Promise<void> {
    const { [state]: _, ...others } = await this.#readIndex()
    await this.#writeIndex(others)
  }

  async #readIndex(): Promise<Record<string, number>> {
    const index = parseJson(await this.#storage.get(this.#indexKey))
    const entries = isRecord(index) ? Object.entries(index) : []
    return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
  }

  async #writeIndex(index: Record<string, number>): Promise<void> {
    if (Object.keys(index).length === 0) await this.#storage.remove(this.#indexKey)
    else await this.#storage.set(this.#indexKey, JSON.stringify(index))
  }

  get #indexKey(): string {
    return `${this.#prefix}.requests`
  }

  #key(state: string): string {
    return `${this.#prefix}.request.${state}`
  }
}

function isStored(stored: unknown): stored is PendingRequest & { startedAt: number } {
  if (!isRecord(stored) || typeof stored.codeVerifier !== 'string' || typeof stored.startedAt !== 'number') return false
  const { received } = stored
  if (received === undefined) return true
  return isRecord(received) && isRecord(received.response) && typeof received.response.accessToken === 'string'
}
