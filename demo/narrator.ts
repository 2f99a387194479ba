import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

const SECRETS =
  /^(?:code|code_verifier|access_token|refresh_token|id_token|id_token_hint|token|password|authorization)$/i

/** Enough to recognise a secret by, too little to use it. */
export function shortened(name: string, value: string): string {
  if (!SECRETS.test(name)) return value
  const [, scheme = '', secret = ''] = /^(Bearer )?(.*)$/s.exec(value) ?? []
  const ends = secret.length < 40 ? '…' : `${secret.slice(0, 8)}…${secret.slice(-4)}`
  return `${scheme}${ends} (${secret.length} characters)`
}

/** What a server says must not move the cursor or change the title of somebody's terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '\ufffd')
}

/** Tells the story on a stream: steps, sentences, requests and their answers. */
export class Narrator {
  readonly #out: Writable
  readonly #second: number
  #steps = 0

  /** `second` is how many milliseconds `waiting` waits before it says so. */
  constructor(out: Writable, second = 1000) {
    this.#out = out
    this.#second = second
  }

  step(title: string): void {
    this.#steps += 1
    this.#line(`\n${this.#style('bold', `${this.#steps}. ${title}`)}`)
  }

  say(text: string): void {
    this.#line(`   ${printable(text)}`)
  }

  /** Names and values under each other, secrets shortened. */
  values(values: Record<string, unknown>): void {
    const width = Math.max(...Object.keys(values).map((name) => name.length))
    for (const [name, value] of Object.entries(values)) {
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      this.#line(`     ${this.#style('dim', printable(name).padEnd(width))}  ${printable(shortened(name, text))}`)
    }
  }

  request(method: string, url: string): void {
    this.#line(`   ${this.#style('cyan', '→')} ${method} ${printable(url)}`)
  }

  answer(status: number, remark = ''): void {
    this.#line(`   ${this.#style(status < 400 ? 'green' : 'yellow', '←')} ${status} ${printable(remark)}`)
  }

  /** A line after a second, and again every five, so that nobody wonders whether it still runs. */
  async waiting<T>(forWhat: string, work: Promise<T>): Promise<T> {
    const startedAt = performance.now()
    let ticks = 0
    const timer = setInterval(() => {
      const seconds = Math.round((performance.now() - startedAt) / 1000)
      if (ticks % 5 === 0) this.#line(`   ${this.#style('dim', `… waiting for ${forWhat}, ${seconds} s`)}`)
      ticks += 1
    }, this.#second)
    try {
      return await work
    } finally {
      clearInterval(timer)
    }
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`)
  }

  #style(format: 'bold' | 'dim' | 'cyan' | 'green' | 'yellow', text: string): string {
    return styleText(format, text, { stream: this.#out })
  }
}
