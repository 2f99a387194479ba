import type { Migration } from './index.ts'

/**
 * What the sweep knows of the clock (`sweep-clock.ts`). The first mark is the newest event that this database has seen: a clock that
 * is wrong at the very update must not be believed either.
 */
export const sweepMark: Migration = {
  name: '0007-sweep-mark',
  statements: () => [
    `CREATE TABLE sweep_mark (
      id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
      believed_at BIGINT NOT NULL, looked_at BIGINT NOT NULL, waited BIGINT NOT NULL)`,
    `INSERT INTO sweep_mark (id, believed_at, looked_at, waited)
      SELECT 1, newest, newest, 0 FROM (SELECT max(date) AS newest FROM log_events) AS event WHERE newest IS NOT NULL`,
  ],
}
