const inFlight = new WeakMap<object, Map<string, Promise<unknown>>>()

/**
 * Callers that come while the work is running share its outcome. Per owner and name, not per client object: an app may
 * well make two clients over one storage, and a refresh token may be spent only once. The work counts as running before this
 * returns, so that `settled` misses nothing.
 */
export function oneAtATime<T>(owner: object, name: string, work: () => Promise<T>): Promise<T> {
  const running = inFlight.get(owner) ?? new Map<string, Promise<unknown>>()
  inFlight.set(owner, running)
  const shared = running.get(name) as Promise<T> | undefined
  if (shared) return shared
  const started = work().finally(() => running.delete(name))
  running.set(name, started)
  return started
}

/** The work that is running, if any, to wait for its end; never rejects. */
export async function settled(owner: object, name: string): Promise<void> {
  await inFlight.get(owner)?.get(name)?.then(nothing, nothing)
}

/** Tabs share a storage, too. Where there are Web Locks, one tab works at a time; elsewhere there are no tabs. */
export function acrossTabs<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks
  return locks ? Promise.resolve(locks.request(name, work)) : work()
}

function nothing(): void {}
