import { mkdir, rm } from 'node:fs/promises'
import type { Contender } from '../contenders/contender.ts'
import { freePort } from '../contenders/contender.ts'
import { startFloor } from '../contenders/floor.ts'
import { startKeywright } from '../contenders/keywright.ts'
import { startOidcProvider } from '../contenders/oidc-provider.ts'
import { usageOf } from '../cpu.ts'
import { median } from '../interleave.ts'
import { digits, type Report } from '../report.ts'

const times = 5
/** Milliseconds until memory is read: by then the start is over. */
const rest = 2000

interface Start {
  seconds: number
  cpu: number
  megabytes: number
}

/** From asking for the process to its first answer; then the memory of a server that has nothing to do. */
export async function start(folder: string): Promise<Report> {
  const home = `${folder}/start`
  const port = await freePort()
  const again = () => startKeywright({ folder: home, port, asDelivered: true })
  const first = async () => {
    await rm(home, { recursive: true, force: true })
    await mkdir(home)
    return again()
  }
  const starts = {
    'keywright, new database': await medianStart(first, false),
    keywright: await medianStart(again, true),
    'oidc-provider': await medianStart(startOidcProvider, true),
    floor: await medianStart(() => startFloor(folder), true),
  }
  return {
    name: 'start',
    asks: 'a cold start until the first answer, the process included; then idle memory',
    columns: ['first answer s', 'CPU s', 'idle MB'],
    rows: Object.entries(starts).map(([name, { seconds, cpu, megabytes }]) => [
      name,
      digits(seconds),
      digits(cpu),
      megabytes > 0 ? digits(megabytes) : '',
    ]),
    verdicts: [
      { says: 'first answer of keywright', value: starts.keywright.seconds, most: 0.5, unit: 's' },
      { says: 'idle memory of keywright', value: starts.keywright.megabytes, most: 100, unit: 'MB' },
    ],
    figures: starts,
  }
}

async function medianStart(begin: () => Promise<Contender>, untilIdle: boolean): Promise<Start> {
  const starts: Start[] = []
  for (let time = 0; time < times; time++) {
    const contender = await begin()
    const { cpu } = await usageOf(contender.server)
    const last = time === times - 1
    if (untilIdle && last) await new Promise((resolve) => setTimeout(resolve, rest))
    const { memory } = await usageOf(contender.server)
    await contender.stop()
    starts.push({
      seconds: contender.firstAnswer / 1000,
      cpu: cpu / 1000,
      megabytes: untilIdle && last ? memory / 1e6 : 0,
    })
  }
  return {
    seconds: median(starts.map(({ seconds }) => seconds)),
    cpu: median(starts.map(({ cpu }) => cpu)),
    megabytes: starts.at(-1)?.megabytes ?? 0,
  }
}
