import type { Client } from '#clients/client.ts'
import type { Store, TenantStore } from '#storage/store.ts'
import { defaultTenantSettings, type Tenant } from '#tenants/tenant.ts'
import type { User } from '#users/user.ts'
import { fullUserId, identifiersOf } from './plan/plan-users.ts'
import type { TenantState } from './plan/planning.ts'
import type { UserEntry } from './schema/user-schema.ts'
import type { ParsedTenantFile } from './tenant-file.ts'

/** A tenant with nothing in it. */
export const emptyTenant = (tenant: Pick<Tenant, 'id' | 'domain' | 'issuer'>): TenantState => ({
  tenant: { ...tenant, settings: defaultTenantSettings },
  isNew: true,
  clients: [],
  resourceServers: [],
  clientGrants: [],
  connections: [],
  users: [],
})

/** What the tenant holds of everything that the files might change. */
export async function readTenantState(
  tenant: Tenant,
  files: readonly ParsedTenantFile[],
  tenants: TenantStore,
): Promise<TenantState> {
  const store = tenants.storeFor(tenant)
  const users = new Map<string, User>()
  for (const { wanted } of files.flatMap((file) => file.users)) {
    for (const user of await findUsers(wanted, store)) users.set(user.userId, user)
  }
  const [clients, resourceServers, clientGrants, connections] = await Promise.all([
    allClients(store),
    store.resourceServers.list(),
    store.clientGrants.list(),
    store.connections.list(),
  ])
  return { tenant, isNew: false, clients, resourceServers, clientGrants, connections, users: [...users.values()] }
}

async function allClients({ clients }: Store): Promise<Client[]> {
  const all: Client[] = []
  for (;;) {
    const page = await clients.list({ after: all.at(-1)?.clientId, limit: 500 })
    all.push(...page)
    if (page.length < 500) return all
  }
}

async function findUsers(wanted: UserEntry, { users }: Store): Promise<User[]> {
  const found = await Promise.all([
    wanted.user_id === undefined ? undefined : users.find(fullUserId(wanted.user_id)),
    ...identifiersOf(wanted).map((identifier) => users.findByIdentifier(wanted.connection, identifier)),
  ])
  return found.filter((user) => user !== undefined)
}
