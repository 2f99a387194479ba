import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

/** What we have heard of one test file that is running. */
interface Running {
  readonly since: number
  tests: number
  failed: number
}

type Finished = Extract<TestEvent, { type: 'test:complete' }>['data']
type Failed = Extract<TestEvent, { type: 'test:fail' }>['data']

const tooQuietMs = 10_000

/** Node's test events as one line per file, then what each failed test said, then the sum of the runners' closing counts. */
export class TestReport {
  readonly #root: string
  readonly #running = new Map<string, Running>()
  readonly #output = new Map<string, string>()
  readonly #failures: { file: string; text: string }[] = []
  readonly #refused: string[] = []
  readonly #counts = new Map<string, number>()
  readonly #begun = performance.now()
  readonly #heartbeat: NodeJS.Timeout
  #lastLine = performance.now()

  constructor(root: string) {
    this.#root = root
    this.#heartbeat = setInterval(() => this.#beat(), 1000).unref()
  }

  take(event: TestEvent): void {
    if (event.type === 'test:dequeue') this.#started(event.data.entryFile ?? event.data.file ?? '')
    if (event.type === 'test:complete') this.#finished(event.data)
    if (event.type === 'test:pass') this.#passed(event.data)
    if (event.type === 'test:fail') this.#failed(event.data)
    if (event.type === 'test:stdout' || event.type === 'test:stderr')
      this.#said(event.data.file ?? '', event.data.message)
    if (event.type === 'test:diagnostic') this.#noted(event.data.message, event.data.file)
  }

  /** This file neither ended nor said anything for too long: its process is being killed. */
  killed(file: string): void {
    const { since } = this.#running.get(file) ?? { since: this.#begun }
    this.#refused.push(`killed after ${seconds(since)}: ${this.#short(file)}`)
    if (this.#running.delete(file)) this.#print(`✖ ${this.#short(file)} killed (${seconds(since)})`)
  }

  /** Prints what failed, and returns what must make the run fail, in words; `counts` are the last lines. */
  finish(): { problems: string[]; counts: string[] } {
    clearInterval(this.#heartbeat)
    for (const { text } of this.#failures) this.#print(`\n✖ ${text}`)
    for (const file of new Set(this.#failures.map((failure) => failure.file))) {
      const output = this.#output.get(file)?.trim()
      if (output) this.#print(`\nwhat ${this.#short(file)} printed:\n${output}`)
    }
    const counts = [...this.#counts].map(([name, count]) => `# ${name} ${count}`)
    counts.push(`# duration_ms ${Math.round(performance.now() - this.#begun)}`)
    const problems = this.#failures.length > 0 ? [`${this.#failures.length} failed`] : []
    return { problems: [...problems, ...this.#refused], counts }
  }

  #started(file: string): void {
    if (!this.#running.has(file)) this.#running.set(file, { since: performance.now(), tests: 0, failed: 0 })
  }

  #finished(data: Finished): void {
    const file = data.entryFile ?? data.file ?? ''
    const running = this.#running.get(file)
    if (!running) return
    if (data.name !== file) {
      if (data.details.type === 'test') running.tests += 1
      if (data.details.type === 'test' && !data.details.passed) running.failed += 1
      return
    }
    this.#running.delete(file)
    const bad = running.failed > 0 || !data.details.passed
    const verdict = !bad
      ? `${running.tests}`
      : running.tests
        ? `${running.failed} of ${running.tests} failed`
        : 'failed'
    this.#print(`${bad ? '✖' : '✔'} ${this.#short(file)} ${verdict} (${seconds(running.since)})`)
  }

  #passed(data: Extract<TestEvent, { type: 'test:pass' }>['data']): void {
    const file = data.entryFile ?? data.file ?? ''
    const where = `${this.#short(data.file ?? '')}:${data.line}`
    // The runner counts a file without tests as one that passed.
    if (data.name === file) this.#refused.push(`no tests in ${this.#short(file)}`)
    if (data.skip !== undefined) this.#refused.push(`skipped: ${data.name} (${where})`)
    if (data.todo !== undefined) this.#refused.push(`to do: ${data.name} (${where})`)
  }

  #failed(data: Failed): void {
    const { error } = data.details
    const kind = (error as { failureType?: string }).failureType
    if (kind === 'subtestsFailed') return // they speak for themselves
    const name = data.name === data.file ? 'the file itself failed' : data.name
    const text = `${name}\n  ${this.#short(data.file ?? '')}:${data.line}\n${indented(inspect(error.cause ?? error))}`
    this.#failures.push({ file: data.entryFile ?? data.file ?? '', text })
  }

  #said(file: string, text: string): void {
    this.#output.set(file, `${this.#output.get(file) ?? ''}${text}`.slice(-20_000))
  }

  #noted(message: string, file: string | undefined): void {
    const [, name, count] = /^(tests|suites|pass|fail|cancelled|skipped|todo) (\d+)$/.exec(message) ?? []
    if (name) this.#counts.set(name, (this.#counts.get(name) ?? 0) + Number(count))
    else if (!message.startsWith('duration_ms ')) this.#print(`  ${file ? `${this.#short(file)}: ` : ''}${message}`)
  }

  #beat(): void {
    const files = [...this.#running].map(([file, { since }]) => `${this.#short(file)} (${seconds(since)})`)
    if (performance.now() - this.#lastLine > tooQuietMs && files.length > 0) this.#print(`… ${files.join(', ')}`)
  }

  #print(line: string): void {
    this.#lastLine = performance.now()
    console.log(line)
  }

  #short(file: string): string {
    return relative(this.#root, file)
  }
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`

const indented = (text: string) =>
  text
    .split('\n')
    .filter((line) => !line.includes('node:internal'))
    .map((line) => `  ${line}`)
    .join('\n')
