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
  let compiled: { sql: string; name: string; slots: readonly unknown[] } | undefined
  return (values) => {
    compiled ??= compile(build(db.query, (name) => new Placeholder(name) as never))
    const { sql, name, slots } = compiled
    const parameters = slots.map((slot) =>
      slot instanceof Placeholder ? ((values as Record<string, Value>)[slot.name] ?? null) : slot,
    )
    return { sql, name, parameters }
  }
}

function compile(query: Compilable<unknown>) {
  const { sql, parameters } = query.compile()
  return { sql, name: hash('sha256', sql, 'hex').slice(0, 24), slots: parameters }
}

type Table = keyof Schema

/** Inserts whole rows; with `orNothing`, a row whose key is taken is left alone. */
export function prepareInsert<T extends Table>(
  db: Database,
  table: T,
  columns: readonly (keyof Schema[T] & string)[],
  options: { orNothing?: boolean; rows?: number } = {},
): (...rows: Schema[T][]) => Query {
  const count = options.rows ?? 1
  const statement = prepare<Record<string, Value>, unknown>(db, (query, param) => {
    const values = Array.from({ length: count }, (_, row) =>
      Object.fromEntries(columns.map((column) => [column, param(`${row}.${column}`)])),
    )
    const insert = query.insertInto(table).values(values as unknown as Insertable<Schema[T]>[])
    return options.orNothing ? insert.onConflict((conflict) => conflict.doNothing()) : insert
  })
  return (...rows) => {
    const values: Record<string, Value> = {}
    rows.forEach((row, index) => {
      for (const column of columns) values[`${index}.${column}`] = row[column] as Value
    })
    return statement(values)
  }
}
