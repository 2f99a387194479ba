import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { compareAt } from './compare.ts'
import type { Contender } from './contenders/contender.ts'
import { startFloor } from './contenders/floor.ts'
import { startKeywright } from './contenders/keywright.ts'
import { startOidcProvider } from './contenders/oidc-provider.ts'
import { startDriver } from './driver.ts'
import { growth } from './questions/growth.ts'
import { questions } from './questions/index.ts'
import { scale } from './questions/scale.ts'
import { start } from './questions/start.ts'
import { isMissed, keepReports, printReport, type Report } from './report.ts'

const usage = `Usage: npm run bench -- [question …] [options]

Questions, all of them if none is named:
  ${[...questions.map(({ name }) => name), 'start', 'scale', 'strangers'].join('  ')}

Options:
  --seconds N       measured seconds per question and contender (10)
  --visitors N      keep-alive connections at once (16)
  --postgres URL    also measures Keywright on this (empty) PostgreSQL database
  --full            scale with a million users instead of a hundred thousand
  --only NAME       only this contender: keywright, oidc-provider or floor
  --profile FOLDER  a processor profile of Keywright, written when the bench ends
  --json            the results on stdout, for programs
`

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    visitors: { type: 'string', default: '16' },
    postgres: { type: 'string' },
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const known = [...questions.map(({ name }) => name), 'start', 'scale', 'strangers']
const unknown = names.find((name) => !known.includes(name))
if (options.help || unknown !== undefined) {
  process.stdout.write(unknown === undefined ? usage : `There is no question "${unknown}".\n\n${usage}`)
  process.exit(unknown === undefined ? 0 : 2)
}

const asked = (name: string) => names.length === 0 || names.includes(name)
const effort = { seconds: Number(options.seconds), visitors: Number(options.visitors) }
// Beside the code, because the system's folder for temporary files may be in memory, where a commit costs nothing.
const ground = new URL('.tmp/', import.meta.url).pathname
await mkdir(ground, { recursive: true })
const folder = await mkdtemp(`${ground}bench-`)
const driver = startDriver()
const running: Contender[] = []
const reports: Report[] = []

function tell(report: Report): void {
  reports.push(report)
  if (!options.json) printReport(report)
}

async function startContenders(): Promise<void> {
  const { profile, postgres, only } = options
  const nodeOptions = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []
  const wanted = (name: string) => only === undefined || only === name
  if (wanted('keywright')) running.push(await startKeywright({ folder, nodeOptions }))
  if (postgres) running.push(await startKeywright({ folder, postgres, name: 'keywright on PostgreSQL' }))
  if (wanted('oidc-provider')) running.push(await startOidcProvider())
  if (wanted('floor')) running.push(await startFloor(folder))
}

try {
  if (asked('start')) tell(await start(folder))
  const compared = questions.filter(({ name }) => asked(name))
  if (compared.length > 0) await startContenders()
  for (const question of compared) tell(await compareAt(question, running, driver, effort))
  while (running.length > 0) await running.pop()?.stop()
  if (asked('scale')) tell(await scale(folder, driver, effort, options.full ? 1_000_000 : 100_000))
  if (asked('strangers')) for await (const report of growth(folder, driver, effort)) tell(report)
  await keepReports(reports, names.length === 0)
  if (options.json)
    console.log(JSON.stringify(reports.map(({ name, figures, verdicts }) => ({ name, figures, verdicts }))))
  const missed = reports.flatMap(({ verdicts }) => verdicts).filter(isMissed)
  if (!options.json)
    console.log(missed.length === 0 ? '\nEvery target is met.' : `\n${missed.length} targets are missed.`)
} finally {
  driver.stop()
  for (const contender of running) await contender.stop()
  await rm(folder, { recursive: true, force: true })
}
