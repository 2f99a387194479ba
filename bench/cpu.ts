import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in ticks of this many milliseconds, whatever the kernel's own clock does (`getconf CLK_TCK`). */
const tick = 10

/** How much of the machine a server has used so far, and holds now. */
export interface Usage {
  /** Milliseconds, user and system, of all threads, and of all children, living and dead. */
  cpu: number
  /** Bytes of resident memory, of the process itself. */
  memory: number
}

/** Where there is no /proc, the server is started with `report-usage.ts` and asked. */
export const hasProc = process.platform === 'linux'

export function usageOf(server: ChildProcess): Promise<Usage> {
  if (server.pid === undefined || server.exitCode !== null) throw new Error('the server is gone')
  if (hasProc) return Promise.resolve({ cpu: cpuOf(server.pid), memory: residentBytes(server.pid) })
  return new Promise((resolve, reject) => {
    server.once('message', (usage) => resolve(usage as Usage))
    server.send('usage', (error) => error && reject(error))
  })
}

function cpuOf(pid: number): number {
  // The name of the program stands in brackets and may hold anything: the fields are counted from behind it (proc(5)).
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, userOfDead, systemOfDead] = fields.slice(11, 15).map(Number)
  const own = ((user ?? 0) + (system ?? 0) + (userOfDead ?? 0) + (systemOfDead ?? 0)) * tick
  return childrenOf(pid).reduce((sum, child) => sum + cpuOf(child), own)
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  )
}

function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kilobytes ?? 0) * 1024
}
