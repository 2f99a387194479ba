import type { Connection } from './connection.ts'

const sets = new WeakMap<readonly string[], Set<string>>()
/** Shorter lists are as fast to walk as to hash. */
const few = 32

/** Whether the client may use the connection. As fast for a connection of very many clients, as long as it stays in memory. */
export function serves({ enabledClients }: Connection, clientId: string): boolean {
  if (enabledClients.length <= few) return enabledClients.includes(clientId)
  let set = sets.get(enabledClients)
  if (!set) {
    set = new Set(enabledClients)
    sets.set(enabledClients, set)
  }
  return set.has(clientId)
}
