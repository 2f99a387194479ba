/** PostgreSQL's clock, in epoch milliseconds: that of the moment in which a statement runs, not of its transaction's begin. */
export const momentOfPostgres = '(extract(epoch FROM clock_timestamp()) * 1000)::float8'

export interface PostgresClock {
  /** Epoch milliseconds. */
  now(): number
  /** The database said `told` at some moment between `asked` and `answered`, which are readings of our monotonic clock. */
  learn(told: number, asked: number, answered: number): void
}

/** What the two clocks may drift apart: 0.1 %, far more than any quartz does. */
const drift = 0.001

/**
 * The database's clock, told without asking it: all processes on one database read the same time, whatever their machines think
 * (SEC-331). Each answer bounds how far the database is ahead of our monotonic clock, as in NTP (RFC 5905 §8); bounds that agree
 * narrow each other down. Bounds that do not agree say that the database's clock was set, or is another's since a failover, or that
 * this machine slept: then only the new ones count.
 */
export function postgresClock(monotonic: () => number): PostgresClock {
  let least = Number.NEGATIVE_INFINITY
  let most = Number.POSITIVE_INFINITY
  let learnedAt = 0

  return {
    now: () => Math.floor(monotonic() + (least + most) / 2),
    learn(told, asked, answered) {
      const drifted = (answered - learnedAt) * drift
      const fresh = { least: told - answered, most: told - asked }
      const agreed = { least: Math.max(fresh.least, least - drifted), most: Math.min(fresh.most, most + drifted) }
      ;({ least, most } = agreed.least <= agreed.most ? agreed : fresh)
      learnedAt = answered
    },
  }
}
