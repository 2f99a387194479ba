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
  /** Runs the task when it is its turn. @throws Overloaded at once, if as many wait as may */
  run<T>(task: () => Promise<T>): Promise<T>
}

/**
 * First come, first served, `concurrency` at a time.
 * @param secondsEach how long a task takes, roughly; only `retryAfter` depends on it
 */
export function boundedQueue(concurrency: number, limit: number, secondsEach: number): BoundedQueue {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    async run(task) {
      if (running >= concurrency) {
        if (waiting.length >= limit) throw new Overloaded(Math.max(1, Math.ceil((limit * secondsEach) / concurrency)))
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else {
        running++
      }
      try {
        return await task()
      } finally {
        // The place is handed over rather than given up, so that no newcomer slips in before the one who waited.
        const next = waiting.shift()
        if (next) next()
        else running--
      }
    },
  }
}
