import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { hasProc } from '../cpu.ts'
import type { DialectName } from '../dialects.ts'

/** A server under load, in a process of its own. */
export interface Contender {
  name: string
  dialect: DialectName
  url: string
  server: ChildProcess
  /** Milliseconds from asking for the process to its first answer. */
  firstAnswer: number
  /** How many people it was filled with. */
  population?: number
  stop(): Promise<void>
}

export interface Launch {
  name: string
  dialect: DialectName
  /** The program, beside this file or further away. */
  program: URL
  nodeOptions?: string[]
  port: number
  environment?: Record<string, string>
  /** A path that is answered as soon as anything is. */
  knock: string
}

export async function launch(plan: Launch): Promise<Contender> {
  const { name, dialect, port } = plan
  const url = `http://127.0.0.1:${port}`
  const asked = performance.now()
  const server = spawn(
    process.execPath,
    [...usageReporter(), ...(plan.nodeOptions ?? []), fileURLToPath(plan.program)],
    {
      env: { ...process.env, PORT: `${port}`, NODE_ENV: 'production', ...plan.environment },
      stdio: hasProc ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  let said = ''
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-4000)
    })
  while (!(await answers(`${url}${plan.knock}`))) {
    if (server.exitCode !== null) throw new Error(`${name} has ended with ${server.exitCode}:\n${said}`)
    if (performance.now() - asked > 60_000) throw new Error(`${name} does not answer:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return { name, dialect, url, server, firstAnswer: performance.now() - asked, stop: () => stop(server) }
}

const usageReporter = () => (hasProc ? [] : ['--import', new URL('../report-usage.ts', import.meta.url).href])

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const message = get(url, { agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    message.on('error', () => resolve(false))
  })
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  server.kill('SIGTERM')
  await gone
}

/** A port that nobody uses now. Issuers name their port, so it must be known before the server listens. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || !address) throw new Error('there is no free port')
  return address.port
}
