import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Outcome {
  code: number
  out: string
  err: string
}

/** The demo as the user runs it: a process of its own. */
export function runDemo(settings: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const env = { ...process.env, NO_COLOR: '1', ...settings }
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, timeout: 20_000 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}
