import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sample } from '../../packages/server/testing/builders.ts'

/** The server as an operator runs it: a process that can be told to stop, and killed. */
export interface KeywrightProcess {
  /** Everything it has written so far, to stdout and stderr. */
  output(): string
  /** `kill -9`: nothing is finished, nothing flushed. */
  kill(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** @returns the exit code; null after a signal */
  exited: Promise<number | null>
}

const main = fileURLToPath(new URL('../../packages/server/src/main.js', import.meta.url))

/** Settings of the surrounding shell must not reach the server under test. */
const bare = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(KEYWRIGHT_|PORT$|HOST$|NODE_)/.test(name)))

function launch(words: readonly string[], settings: Record<string, string>, cwd: string) {
  const env = { ...bare(), ...settings }
  const child = spawn(process.execPath, [main, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const die = () => void child.kill('SIGKILL')
  process.once('exit', die)
  // A test file that is killed by the runner leaves no server behind.
  const end = () => process.exit(143)
  process.once('SIGTERM', end)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const exited = once(child, 'close').then(([code]) => {
    process.off('exit', die)
    process.off('SIGTERM', end)
    return code as number | null
  })
  return { child, exited, output: () => output }
}

/** Starts it in this folder, and waits until it listens. @throws Error with what it said, if it ends before */
export async function startProcess(settings: Record<string, string>, cwd: string): Promise<KeywrightProcess> {
  const { child, exited, output } = launch([], settings, cwd)
  await untilSaid(child, 'Keywright listens at', output, exited)
  return {
    output,
    exited,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function untilSaid(child: ChildProcess, words: string, output: () => string, exited: Promise<unknown>) {
  const { stdout } = child
  await new Promise<void>((resolve, reject) => {
    stdout?.on('data', () => output().includes(words) && resolve())
    exited.then(() => reject(new Error(`it ended before it listened:\n${output()}`)), reject)
  })
}

/** Runs one command to its end. */
export async function runKeywright(words: readonly string[], settings: Record<string, string>, cwd: string) {
  const { exited, output } = launch(words, settings, cwd)
  const code = await exited
  return { code, output: output() }
}

/** Clients that differ only in how long a replaced refresh token may come again, in seconds. */
export const clients = { strict: 'leeway-0', patient: 'leeway-60' } as const

/** Ada, an API, and an app for each leeway, as a tenant file in JSON. */
export function tenantFile(over: { domain?: string; name?: string; alsoClient?: string } = {}): string {
  const app = (clientId: string, leeway: number) => ({
    name: `${over.name ?? 'App'} with leeway ${leeway}`,
    client_id: clientId,
    app_type: 'native',
    token_endpoint_auth_method: 'none',
    callbacks: ['https://app.example/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway },
  })
  const more = over.alsoClient === undefined ? [] : [app(over.alsoClient, 5)]
  return JSON.stringify({
    tenant: { domain: over.domain },
    clients: [app(sample.clientId, 5), app(clients.strict, 0), app(clients.patient, 60), ...more],
    resourceServers: [
      {
        name: 'Appointments',
        identifier: sample.audience,
        allow_offline_access: true,
        scopes: [{ value: 'appointments' }, { value: 'contacts' }],
      },
    ],
    users: [{ connection: sample.connection, email: sample.email, email_verified: true, password: sample.password }],
  })
}
