import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const here = import.meta.dirname

export type Verdict = { passed: true } | { passed: false; by: string }

/** One test file in a process of its own, until its first failure. */
export async function runTest(
  file: string,
  environment: NodeJS.ProcessEnv,
  timeoutMs: number,
  options: string[] = [],
): Promise<Verdict> {
  const child = spawn(process.execPath, ['--test-reporter', join(here, 'first-failure.ts'), ...options, file], {
    // Without what Node's runner tells its children: this tool may be running in a test itself.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true, // a group of its own, so that what the test has started can be ended with it
  })
  if (child.pid) groups.add(child.pid)
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  let late = false
  const deadline = setTimeout(() => {
    late = true
    endGroup(child.pid)
  }, timeoutMs)
  const closed = once(child, 'close')
  const [code] = await once(child, 'exit')
  clearTimeout(deadline)
  endGroup(child.pid)
  await closed
  if (child.pid) groups.delete(child.pid)
  if (late) return { passed: false, by: 'time is up' }
  return code === 0 ? { passed: true } : { passed: false, by: said.trim() || `exit ${code}` }
}

/** The groups that are running; Ctrl-C does not reach them by itself. */
const groups = new Set<number>()
process.once('exit', () => groups.forEach(endGroup))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, 'SIGKILL')
  } catch {
    // they have ended by themselves
  }
}

/** What makes `module` have the text of `codeFile` in a test. */
export const mutated = (module: string, codeFile: string): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${pathToFileURL(join(here, 'swap.ts')).href}`,
  MUTATED_MODULE: pathToFileURL(module).href,
  MUTATED_CODE: codeFile,
})
