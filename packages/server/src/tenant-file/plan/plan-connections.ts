import type { Client } from '#clients/client.ts'
import type { Connection } from '#connections/connection.ts'
import { randomAlphanumeric } from '#crypto/random-id.ts'
import { didYouMean } from '#nearest-name.ts'
import { isLocal } from '#tenants/domain.ts'
import type { ConnectionEntry } from '../schema/connection-schema.ts'
import type { Entry } from '../tenant-file.ts'
import { mentioned, type Planning, refuseTwice, type Step, stepOf } from './planning.ts'

/** Auth0's name; SDKs and tutorials use it. */
export const defaultDatabase = 'Username-Password-Authentication'

/**
 * @param clients the tenant's clients, as they will be
 * @param created those of them that this file creates: they may use every connection whose clients the file does not list
 */
export function planConnections(
  entries: readonly Entry<ConnectionEntry>[],
  clients: readonly Client[],
  created: readonly Client[],
  planning: Planning,
): Step<Connection>[] {
  refuseTwice(entries, (wanted) => wanted.name, 'the connection', planning.problems)
  const described = entries.map((entry) => planConnection(entry, clients, created, planning))
  const names = new Set(described.map(({ value }) => value.name))
  const { connections, isNew } = planning.state
  const others = connections
    .filter(({ name }) => !names.has(name))
    .map((before) =>
      stepOf(`connection ${before.name}`, before, { ...before, enabledClients: withCreated(before, created) }),
    )
    .filter(({ verb }) => verb !== 'keep')
  if (!isNew || names.has(defaultDatabase)) return [...described, ...others]
  const database = newConnection(defaultDatabase, 'auth0', clients, planning)
  return [stepOf(`connection ${defaultDatabase}`, undefined, database), ...described, ...others]
}

function planConnection(
  entry: Entry<ConnectionEntry>,
  clients: readonly Client[],
  created: readonly Client[],
  planning: Planning,
): Step<Connection> {
  const { wanted } = entry
  const before = planning.state.connections.find(({ name }) => name === wanted.name)
  if (before && before.strategy !== wanted.strategy) {
    const what = `strategy is "${wanted.strategy}": the connection exists with strategy "${before.strategy}", which cannot change`
    planning.problems.push(`${entry.at('strategy')}: ${what}`)
  }
  const base = before ?? newConnection(wanted.name, wanted.strategy, clients, planning)
  const value: Connection = {
    ...base,
    ...mentioned({ displayName: wanted.display_name, showAsButton: wanted.show_as_button }),
    enabledClients: wanted.enabled_clients
      ? resolveClients(entry, wanted.enabled_clients, clients, planning)
      : withCreated(base, created),
    options: { ...base.options, ...optionsOf(entry, planning) },
  }
  return stepOf(`connection ${value.name}`, before, value)
}

const newConnection = (
  name: string,
  strategy: string,
  clients: readonly Client[],
  { random }: Planning,
): Connection => ({
  id: `con_${randomAlphanumeric(random, 16)}`,
  name,
  strategy,
  enabledClients: clients.map(({ clientId }) => clientId),
  // Auth0: false. Without a button nobody finds a provider that has just been configured.
  showAsButton: strategy !== 'auth0',
  // Auth0 has one callback for all, which is safe only where the provider's answers name their issuer (RFC 9700 §4.4).
  options: strategy === 'auth0' ? { passwordPolicy: 'good', brute_force_protection: true } : { callback: 'own' },
})

const withCreated = ({ enabledClients }: Connection, created: readonly Client[]) => [
  ...new Set([...enabledClients, ...created.map(({ clientId }) => clientId)]),
]

function resolveClients(
  entry: Entry<ConnectionEntry>,
  references: readonly string[],
  clients: readonly Client[],
  { notes, skipped }: Planning,
): string[] {
  const ids = references.flatMap((reference, index) => {
    const found = clients.filter(({ clientId, name }) => clientId === reference || name === reference)
    if (found.length === 0 && !skipped.clients.includes(reference)) {
      const names = clients.map(({ name }) => name)
      const what = `enabled_clients has ${JSON.stringify(reference)}: no client has this id or name${didYouMean(reference, names)}`
      notes.push(`${entry.at('enabled_clients', index)}: ${what}: left out`)
    }
    return found.map(({ clientId }) => clientId)
  })
  return [...new Set(ids)]
}

function optionsOf(entry: Entry<ConnectionEntry>, { problems, notes }: Planning): Record<string, unknown> {
  const { wanted } = entry
  if (wanted.strategy === 'auth0') return { ...wanted.options }
  const { options } = wanted
  for (const [name, value] of Object.entries(options)) {
    const url =
      /^(issuer|discovery_url|jwks_uri|.*_endpoint)$/.test(name) && typeof value === 'string' ? value : undefined
    if (url === undefined || url.startsWith('https:') || isLocal(url)) continue
    problems.push(`${entry.at('options', name)}: options.${name} is ${JSON.stringify(url)}: expected https`)
  }
  if (options.type === 'front_channel') {
    notes.push(
      `${entry.at('options', 'type')}: options.type front_channel is not applied: the code flow is used instead`,
    )
  }
  const scope = Array.isArray(options.scope) ? options.scope.join(' ') : options.scope
  return { ...options, type: 'back_channel', ...mentioned({ scope }) }
}
