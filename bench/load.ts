import { openConnection } from './connection.ts'
import { type DialectName, dialects } from './dialects.ts'
import type { Visitor } from './flow.ts'
import { type Question, questions } from './questions/index.ts'
import { loginOfAnybody } from './questions/login-of-anybody.ts'
import { strangers } from './questions/strangers.ts'

/** What the parent asks for: people at a server, or that they all do something for a while. */
export type Order =
  | {
      do: 'arrive'
      question: string
      contender: string
      dialect: DialectName
      url: string
      visitors: number
      population?: number
    }
  | { do: 'work'; contender: string; seconds: number }
  | { do: 'leave'; contender: string }

/** What came of it. Times in milliseconds. */
export interface Load {
  operations: number
  /** From the first request to the last answer. */
  elapsed: number
  p50: number
  p95: number
  p99: number
}

interface Crowd {
  question: Question
  visitors: { visitor: Visitor; state: unknown }[]
}

const crowds = new Map<string, Crowd>()

async function arrive(order: Order & { do: 'arrive' }): Promise<Crowd> {
  const { question: name, dialect, url, visitors, population } = order
  const question = [...questions, ...strangers, loginOfAnybody as Question].find((known) => known.name === name)
  if (!question) throw new Error(`there is no question "${name}"`)
  const prepared = Array.from({ length: visitors }, async (_, index) => {
    const visitor = {
      connection: openConnection(url),
      cookies: new Map<string, string>(),
      dialect: dialects[dialect],
      index,
      population,
    }
    return { visitor, state: await question.prepare(visitor) }
  })
  return { question, visitors: await Promise.all(prepared) }
}

/** Each visitor begins again as soon as the last answer is there. */
async function work({ question, visitors }: Crowd, seconds: number): Promise<Load> {
  const times: number[] = []
  const begun = performance.now()
  const end = begun + seconds * 1000
  await Promise.all(
    visitors.map(async ({ visitor, state }) => {
      for (let now = performance.now(); now < end; ) {
        await question.operation(visitor, state)
        const answered = performance.now()
        times.push(answered - now)
        now = answered
      }
    }),
  )
  const elapsed = performance.now() - begun
  times.sort((a, b) => a - b)
  const quantile = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { operations: times.length, elapsed, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) }
}

function leave(contender: string): void {
  for (const { visitor } of crowds.get(contender)?.visitors ?? []) visitor.connection.close()
  crowds.delete(contender)
}

async function obey(order: Order): Promise<Load | undefined> {
  if (order.do === 'leave') {
    leave(order.contender)
    return undefined
  }
  if (order.do === 'arrive') {
    leave(order.contender)
    crowds.set(order.contender, await arrive(order))
    return undefined
  }
  const crowd = crowds.get(order.contender)
  if (!crowd) throw new Error(`nobody is at ${order.contender}`)
  return work(crowd, order.seconds)
}

process.on('message', (order: Order) => {
  obey(order).then(
    (load) => process.send?.({ load }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
