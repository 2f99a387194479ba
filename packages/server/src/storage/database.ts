import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'

export type Dialect = 'sqlite' | 'postgres'
export type Row = Record<string, unknown>

/** Text and parameters of one statement. With a name, databases that can keep it prepared do so. */
export interface Query<T = unknown> {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly name?: string
  /** Never set: carries the type of the rows. */
  readonly row?: T
}

export interface Step {
  readonly query: Query
  /** If it changes or returns no row, nothing of the whole transaction happens. */
  readonly required?: boolean
}

/** The one thing both databases can do for us. It takes whole transactions, so none can be left open. */
export interface Database {
  readonly dialect: Dialect
  /** The one clock by which every age of what is stored is judged: the database's own, where it has one. Epoch milliseconds. */
  now(): number
  /** Only builds and compiles; it cannot execute. */
  readonly query: Kysely<Schema>
  /** Sees only what is committed. */
  read<T>(query: Query<T>): Promise<T[]>
  /**
   * All steps or none, and durable when it settles. Resolves to the rows each step returned, or to undefined if a required
   * step found nothing.
   */
  transact(steps: readonly Step[]): Promise<Row[][] | undefined>
  /** The same for what nobody waits for: only a failure of the power may undo it, and only for a moment. */
  transactLazily(steps: readonly Step[]): Promise<Row[][] | undefined>
  /** A step that tells other processes' change feeds, if this database has a way to. */
  announcement(): Step[]
  changes: ChangeFeed
  /** What was deleted or overwritten leaves the files of the database as well, as far as it lets us. */
  scrub(): Promise<void>
  /** Runs the task while no other process on this database runs one. */
  exclusively<T>(task: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** How we learn what other processes have done to managed resources. */
export interface ChangeFeed {
  /** Tenants changed since the last call, or 'all' if we cannot know. Cheap: asked before every cached lookup. */
  changed(): readonly string[] | 'all'
}

/** The database cannot be reached, is full, or takes too long. The request may succeed later: it answers 503. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable'
}

/** A unique name is taken, or what the row refers to does not exist in this tenant. */
export class StorageConflict extends Error {
  override readonly name = 'StorageConflict'
}
