import { mkdir } from 'node:fs/promises'
import { openConnection } from '../connection.ts'
import { type Contender, freePort } from '../contenders/contender.ts'
import { startKeywright } from '../contenders/keywright.ts'
import { dialects } from '../dialects.ts'
import type { Driver } from '../driver.ts'
import { apiLogin, authorize, exchange } from '../flow.ts'
import { type Effort, interleave } from '../interleave.ts'
import { populate } from '../population.ts'
import { digits, type Report } from '../report.ts'
import { loginOfAnybody } from './login-of-anybody.ts'

const few = 1000

/** The same login with a thousand and with very many users, sessions and refresh tokens in the database, side by side. */
export async function scale(folder: string, driver: Driver, effort: Effort, many: number): Promise<Report> {
  const contenders: Contender[] = []
  try {
    for (const people of [few, many]) contenders.push(await startPopulated(`${folder}/${people}`, people))
    const comparison = await interleave(loginOfAnybody, contenders, driver, effort)
    const [small = '', large = ''] = contenders.map(({ name }) => name)
    const value = comparison.ratio(large, small) ?? Number.NaN
    return {
      name: 'scale',
      asks: 'login-sso, each by another of all who have a session, on SQLite',
      columns: ['ops/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms/op'],
      rows: comparison.figures.map((row) => [
        row.contender,
        ...[row.operationsPerSecond, row.p50, row.p95, row.p99, row.cpu].map(digits),
      ]),
      verdicts: [{ says: `CPU with ${large} / with ${small}`, value, most: 1.2, unit: '×' }],
      figures: comparison.figures,
    }
  } finally {
    for (const contender of contenders) await contender.stop()
  }
}

async function startPopulated(folder: string, people: number): Promise<Contender> {
  await mkdir(folder, { recursive: true })
  const where = { folder, port: await freePort(), name: `${people} users` }
  const empty = await startKeywright(where)
  await signInOnce(empty.url)
  await empty.stop()
  populate(`${folder}/keywright.db`, people)
  return { ...(await startKeywright(where)), population: people }
}

/** Leaves one row in each table, as the server writes it. */
async function signInOnce(url: string): Promise<void> {
  const visitor = {
    connection: openConnection(url),
    cookies: new Map<string, string>(),
    dialect: dialects.keywright,
    index: 0,
  }
  const login = { ...apiLogin, scope: `${apiLogin.scope} ${visitor.dialect.offline}` }
  await exchange(visitor, await authorize(visitor, login), login)
  visitor.connection.close()
}
