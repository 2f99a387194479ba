import type { Storage } from './environment.ts'

const inFlight = new WeakMap<object, Map<string, Promise<unknown>>>()
const turns = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * Callers that come while the work is running share its outcome. Per owner and name, not per client object: an app may
 * well make two clients over one storage, and a refresh token may be spent only once.
 */
export function oneAtATime<T>(owner: object, name: string, work: () => Promise<T>): Promise<T> {
  const running = of(inFlight, owner)
  const shared = running.get(name) as Promise<T> | undefined
  if (shared) return shared
  const started = work().finally(() => running.delete(name))
  running.set(name, started)
  return started
}

/** One after the other, in the order in which they came. A place in the queue is taken before this returns. */
export function inTurn<T>(owner: object, name: string, work: () => Promise<T>): Promise<T> {
  const waiting = of(turns, owner)
  const before = waiting.get(name) ?? Promise.resolve()
  const mine = before.then(nothing, nothing).then(work)
  waiting.set(name, mine)
  return mine
}

/**
 * Others share a storage, too. Where there are Web Locks, one tab works at a time; who shares it in another way, such as two
 * runs of one command-line tool, hands in its `lock`.
 */
export function exclusively<T>(storage: Storage, name: string, work: () => Promise<T>): Promise<T> {
  if (storage.lock) return storage.lock(name, work)
  const locks = globalThis.navigator?.locks
  return locks ? Promise.resolve(locks.request(name, work)) : work()
}

function of(owners: WeakMap<object, Map<string, Promise<unknown>>>, owner: object): Map<string, Promise<unknown>> {
  const named = owners.get(owner) ?? new Map<string, Promise<unknown>>()
  owners.set(owner, named)
  return named
}

function nothing(): void {}
