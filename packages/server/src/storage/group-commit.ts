import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Row, Step } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { isBusy, isFatal, translateSqliteError } from './sqlite-errors.ts'

interface Job {
  readonly steps: readonly Step[]
  readonly lazily: boolean
  resolve(rows: Row[][] | undefined): void
  reject(error: Error): void
}

export interface Writer {
  /** @param lazily it may settle before it is on the disk: with the next commit that is not lazy it will be */
  transact(steps: readonly Step[], lazily?: 'lazily'): Promise<Row[][] | undefined>
  /** Settles when nothing is queued. */
  finish(): Promise<void>
}

/**
 * The writes of one turn of the event loop share one commit: with `synchronous=FULL` the wait for the disk is most of what a
 * write costs. A batch is executed in one go, so no read of ours ever sees what is not committed.
 * @param patience milliseconds to wait for another process that writes
 */
export function groupCommit(connection: SqliteConnection, patience = 10_000): Writer {
  let queue: Job[] = []
  let draining: Promise<void> | undefined

  async function drain() {
    while (queue.length > 0) {
      await nextTurn()
      const jobs = queue
      queue = []
      await commitPatiently(connection, jobs, patience)
    }
    draining = undefined
  }

  return {
    transact: (steps, lazily) =>
      new Promise((resolve, reject) => {
        queue.push({ steps, lazily: lazily !== undefined, resolve, reject })
        draining ??= drain()
      }),
    finish: async () => draining,
  }
}

async function commitPatiently(connection: SqliteConnection, jobs: readonly Job[], patience: number): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      return commit(connection, jobs)
    } catch (error) {
      if (isBusy(error) && performance.now() < deadline) {
        await pause(2 + Math.random() * 8)
        continue
      }
      for (const job of jobs) job.reject(translateSqliteError(error))
      return
    }
  }
}

/** @throws if nothing was committed; then no job has been settled */
function commit(connection: SqliteConnection, jobs: readonly Job[]): void {
  // Waiting for the disk would hold up the whole event loop, and for what is lazy nobody waits.
  const synchronous = jobs.every((job) => job.lazily) ? 'NORMAL' : 'FULL'
  // Not deferred: a transaction that begins by reading could not become a writing one once another process has written.
  connection.exec(`PRAGMA synchronous = ${synchronous}; BEGIN IMMEDIATE`)
  const outcomes: (() => void)[] = []
  try {
    for (const job of jobs) outcomes.push(execute(connection, job))
    connection.exec('COMMIT')
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  }
  for (const settle of outcomes) settle()
}

/** Executes one job within the batch; what it resolves to must wait for the commit. A failure undoes only this job. */
function execute(connection: SqliteConnection, job: Job): () => void {
  const [only] = job.steps
  try {
    if (only && job.steps.length === 1) {
      // A statement undoes itself when it fails: it needs no savepoint.
      const { rows, changes } = connection.run(only.query)
      return () => job.resolve(only.required && changes === 0 ? undefined : [rows])
    }
    connection.exec('SAVEPOINT job')
    const results = runSteps(connection, job.steps)
    if (!results) connection.exec('ROLLBACK TO job')
    connection.exec('RELEASE job')
    return () => job.resolve(results)
  } catch (error) {
    if (isFatal(error) || !connection.inTransaction) throw error
    if (job.steps.length !== 1) connection.exec('ROLLBACK TO job; RELEASE job')
    return () => job.reject(translateSqliteError(error))
  }
}

function runSteps(connection: SqliteConnection, steps: readonly Step[]): Row[][] | undefined {
  const results: Row[][] = []
  for (const { query, required } of steps) {
    const { rows, changes } = connection.run(query)
    if (required && changes === 0) return undefined
    results.push(rows)
  }
  return results
}
