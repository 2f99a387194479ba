import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Contender, freePort } from '../contenders/contender.ts'
import { startKeywright } from '../contenders/keywright.ts'
import type { Driver } from '../driver.ts'
import { type Effort, interleave } from '../interleave.ts'
import { populateTenants } from '../population.ts'
import { digits, type Report } from '../report.ts'
import { publicHost, strangers } from './strangers.ts'

/** The first is what the others are held against. */
const sizes = [
  { clients: 10, tenants: 1 },
  { clients: 1000, tenants: 1 },
  { clients: 100_000, tenants: 1 },
  { clients: 10, tenants: 10_000 },
]

const most = 1.1
/** Seconds. The questions are short, so many short turns say more than few long ones; and all of them must end within minutes. */
const longest = 2.4
const turn = 0.3

/** What strangers can ask, of servers with few and with very many clients and tenants, side by side. */
export async function* growth(folder: string, driver: Driver, { seconds, visitors }: Effort): AsyncGenerator<Report> {
  const contenders: Contender[] = []
  try {
    for (const size of sizes) contenders.push(await startGrown(folder, size))
    const [small = '', ...large] = contenders.map(({ name }) => name)
    for (const question of strangers) {
      const effort = { seconds: Math.min(seconds, longest), visitors, turn }
      const comparison = await interleave(question, contenders, driver, effort)
      yield {
        name: question.name,
        asks: question.asks,
        columns: ['ops/s', 'p50 ms', 'p99 ms', 'CPU ms/op'],
        rows: comparison.figures.map((row) => [
          row.contender,
          ...[row.operationsPerSecond, row.p50, row.p99, row.cpu].map(digits),
        ]),
        verdicts: large.map((name) => ({
          says: `CPU with ${name} / with ${small}`,
          value: comparison.ratio(name, small) ?? Number.NaN,
          most,
          unit: '×',
        })),
        figures: comparison.figures,
      }
    }
  } finally {
    for (const contender of contenders) await contender.stop()
  }
}

async function startGrown(ground: string, { clients, tenants }: { clients: number; tenants: number }) {
  const name = tenants === 1 ? `${clients} clients` : `${tenants} tenants`
  const folder = `${ground}/${name.replace(' ', '-')}`
  await mkdir(folder, { recursive: true })
  const where = { folder, port: await freePort(), name, publicUrl: `https://${publicHost}` }
  const empty = await startKeywright(where)
  await empty.stop()
  await rotateKeys(`${folder}/keywright.db`)
  populateTenants(`${folder}/keywright.db`, { clients, tenants })
  return startKeywright(where)
}

async function rotateKeys(database: string): Promise<void> {
  const main = fileURLToPath(new URL('../../packages/server/src/main.js', import.meta.url))
  const env = { ...process.env, KEYWRIGHT_DATABASE: `sqlite:${database}`, KEYWRIGHT_URL: `https://${publicHost}` }
  await promisify(execFile)(process.execPath, [main, 'keys', 'rotate', '--force'], { env })
}
