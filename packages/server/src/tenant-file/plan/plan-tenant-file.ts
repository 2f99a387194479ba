import type { ClientGrant } from '#clients/client-grant.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Connection } from '#connections/connection.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { ParsedTenantFile } from '../tenant-file.ts'
import { type ClientStep, planClients } from './plan-clients.ts'
import { planConnections } from './plan-connections.ts'
import { planClientGrants, planResourceServers } from './plan-resource-servers.ts'
import { settingsAfter, usableSettings } from './plan-settings.ts'
import { planUsers, type UserStep } from './plan-users.ts'
import { type Planning, type Step, stepOf, type TenantState } from './planning.ts'

/** What is to be done to one tenant. Making it writes nothing. */
export interface Plan {
  tenant: Step<Tenant>
  resourceServers: Step<ResourceServer>[]
  clients: ClientStep[]
  connections: Step<Connection>[]
  clientGrants: Step<ClientGrant>[]
  users: UserStep[]
  /** Why it cannot be done. If there are any, nothing may be written. */
  problems: string[]
  notes: string[]
}

/**
 * Compares files with the tenant they describe. Pure but for the ids and secrets that new things need.
 * @param files those of one tenant, in their order
 * @param source `address`: where the tenant is to be found, if that is not where it was
 */
export function planTenantFile(
  files: readonly ParsedTenantFile[],
  state: TenantState,
  source: Pick<Planning, 'random' | 'now' | 'isSecretOf'> & { address?: Pick<Tenant, 'domain' | 'issuer'> },
): Plan {
  const tenants = files.flatMap(({ tenant }) => tenant ?? [])
  const planning: Planning = {
    ...source,
    state,
    settings: settingsAfter(
      state.tenant.settings,
      tenants,
      files.flatMap(({ branding }) => branding ?? []),
      files.flatMap(({ attackProtection }) => attackProtection ?? []),
    ),
    skipped: {
      clients: files.flatMap(({ skipped }) => skipped.clients),
      audiences: files.flatMap(({ skipped }) => skipped.audiences),
      connections: files.flatMap(({ skipped }) => skipped.connections),
    },
    problems: [],
    notes: files.flatMap(({ notes }) => notes),
  }
  const resourceServers = planResourceServers(
    files.flatMap((file) => file.resourceServers),
    planning,
  )
  const apis = after(state.resourceServers, resourceServers, ({ identifier }) => identifier)
  const clients = planClients(
    files.flatMap((file) => file.clients),
    planning,
  )
  const allClients = after(state.clients, clients, ({ clientId }) => clientId)
  const created = clients.filter(({ verb }) => verb === 'create').map(({ value }) => value)
  const connections = planConnections(
    files.flatMap((file) => file.connections),
    allClients,
    created,
    planning,
  )
  const allConnections = after(state.connections, connections, ({ name }) => name)
  const settings = usableSettings(tenants, apis, allConnections, planning)

  const tenant = { ...state.tenant, ...source.address, settings }
  return {
    tenant: stepOf(`tenant ${tenant.domain}`, state.isNew ? undefined : state.tenant, tenant),
    resourceServers,
    clients,
    connections,
    clientGrants: planClientGrants(
      files.flatMap((file) => file.clientGrants),
      allClients,
      apis,
      planning,
    ),
    users: planUsers(
      files.flatMap((file) => file.users),
      allConnections,
      planning,
    ),
    problems: planning.problems,
    notes: planning.notes,
  }
}

/** What there will be once the steps are done. */
function after<Value>(
  before: readonly Value[],
  steps: readonly Step<Value>[],
  keyOf: (value: Value) => string,
): Value[] {
  const values = new Map(before.map((value) => [keyOf(value), value]))
  for (const { value } of steps) values.set(keyOf(value), value)
  return [...values.values()]
}
