import { hash } from 'node:crypto'
import type { Compilable, Insertable, Kysely } from 'kysely'
import type { Database, Query } from './database.ts'
import type { Schema } from './schema.ts'

/** Stands for a value that each execution brings. It fits any column, hence `never`; `P` says what must be brought. */
export type Param<P> = (name: keyof P & string) => never

type Value = string | number | null | undefined

class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A statement built and compiled once, when first used: filling in the values costs a small array. Building it with Kysely
 * each time would cost more than SQLite needs to answer it. An undefined value becomes NULL.
 */
export function prepare<P extends { [K in keyof P]: Value }, T>(
  db: Database,
  build: (query: Kysely<Schema>, param: Param<P>) => Compilable<T>,
): (values: P) => Query<T> {
  let compiled: Compiled | undefined
  return (values) => {
    compiled ??= compile(build(db.query, (name) => new Placeholder(name) as never))
    const { sql, name, slots } = compiled
    const parameters = slots.map((slot) =>
      slot instanceof Placeholder ? ((values as Record<string, Value>)[slot.name] ?? null) : slot,
    )
    return { sql, name, parameters }
  }
}

interface Compiled {
  sql: string
  name: string
  slots: readonly unknown[]
}

function compile(query: Compilable<unknown>): Compiled {
  const { sql, parameters } = query.compile()
  return { sql, name: hash('sha256', sql, 'hex').slice(0, 24), slots: parameters }
}

type Table = keyof Schema

/** Stands for one cell of the rows that are inserted. */
class Cell {
  readonly row: number
  readonly column: string
  constructor(row: number, column: string) {
    this.row = row
    this.column = column
  }
}

/** Inserts whole rows; with `orNothing`, a row whose key is taken is left alone. */
export function prepareInsert<T extends Table>(
  db: Database,
  table: T,
  columns: readonly (keyof Schema[T] & string)[],
  options: { orNothing?: boolean; rows?: number } = {},
): (...rows: Schema[T][]) => Query {
  const build = () => {
    const values = Array.from({ length: options.rows ?? 1 }, (_, row) =>
      Object.fromEntries(columns.map((column) => [column, new Cell(row, column)])),
    )
    const insert = db.query.insertInto(table).values(values as unknown as Insertable<Schema[T]>[])
    return options.orNothing ? insert.onConflict((conflict) => conflict.doNothing()) : insert
  }
  let compiled: Compiled | undefined
  return (...rows) => {
    compiled ??= compile(build())
    const { sql, name, slots } = compiled
    const cells = rows as unknown as Record<string, Value>[]
    const parameters = slots.map((slot) => (slot instanceof Cell ? (cells[slot.row]?.[slot.column] ?? null) : slot))
    return { sql, name, parameters }
  }
}
