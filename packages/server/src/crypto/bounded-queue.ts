/** Too much is waiting already: answer 429 or 503 and let the client come back (SEC-293). */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
  /** Seconds after which another attempt has a chance: the value for `Retry-After`. */
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super('too much work is waiting already')
    this.retryAfter = retryAfter
  }
}

export type BoundedQueue = {
  /**
   * Runs the task when it is its turn.
   * @param key whose task it is: those who wait take turns, so that nobody waits for all that another has piled up (SEC-262)
   * @throws Overloaded at once, if as many of this key wait as may
   */
  run<T>(task: () => Promise<T>, key?: string): Promise<T>
}

/**
 * `concurrency` at a time; in turns of the keys, and for each key first come, first served.
 * @param limit how many may wait for each key
 * @param secondsEach how long a task takes, roughly; only `retryAfter` depends on it
 */
export function boundedQueue(concurrency: number, limit: number, secondsEach: number): BoundedQueue {
  /** Keys in the order of their turns; none is empty. */
  const waiting = new Map<string, (() => void)[]>()
  let running = 0

  function wait(key: string): Promise<void> {
    const line = waiting.get(key) ?? []
    if (line.length >= limit)
      throw new Overloaded(Math.max(1, Math.ceil((limit * waiting.size * secondsEach) / concurrency)))
    waiting.set(key, line)
    return new Promise((resolve) => line.push(resolve))
  }

  /** The first of the key whose turn it is; the key's others go behind those of all other keys. */
  function next(): (() => void) | undefined {
    for (const [key, line] of waiting) {
      waiting.delete(key)
      const first = line.shift()
      if (line.length > 0) waiting.set(key, line)
      return first
    }
    return undefined
  }

  return {
    async run(task, key = '') {
      if (running >= concurrency) await wait(key)
      else running++
      try {
        return await task()
      } finally {
        // The place is handed over rather than given up, so that no newcomer slips in before the one who waited.
        const successor = next()
        if (successor) successor()
        else running--
      }
    },
  }
}
