import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What was found out, kept between runs. */
export class Cache<Value> {
  readonly #file: string
  readonly #values: Record<string, Value>

  constructor(file: string) {
    this.#file = file
    try {
      this.#values = JSON.parse(readFileSync(file, 'utf8'))
    } catch {
      this.#values = {}
    }
  }

  get(key: string): Value | undefined {
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined
  }

  set(key: string, value: Value): void {
    if (this.#values[key] === value) return
    this.#values[key] = value
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#values))
    renameSync(`${this.#file}.new`, this.#file)
  }
}

export const hashOf = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('base64url').slice(0, 16)
