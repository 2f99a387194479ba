import type { Path } from './document.ts'
import type { ClientEntry } from './schema/client-schema.ts'
import type { ConnectionEntry } from './schema/connection-schema.ts'
import type { ClientGrantEntry, ResourceServerEntry } from './schema/resource-server-schema.ts'
import type { AttackProtectionEntry, BrandingEntry, TenantEntry } from './schema/tenant-schema.ts'
import type { UserEntry } from './schema/user-schema.ts'

/** A thing that a file describes, in wire names, and where. */
export interface Entry<Wanted> {
  wanted: Wanted
  /** `tenant.yaml:12`, of the entry or of something in it. */
  at(...path: Path): string
}

/** A tenant file whose every value has passed its schema. What it refers to is checked against the tenant, by the plan. */
export interface ParsedTenantFile {
  /** As it was named to us. */
  file: string
  tenant?: Entry<TenantEntry>
  branding?: Entry<BrandingEntry>
  attackProtection?: Entry<AttackProtectionEntry>
  clients: Entry<ClientEntry>[]
  resourceServers: Entry<ResourceServerEntry>[]
  clientGrants: Entry<ClientGrantEntry>[]
  /** `databases` and `connections` together. */
  connections: Entry<ConnectionEntry>[]
  users: Entry<UserEntry>[]
  /** Names and ids of what is described but not applied: what refers to them is not applied, either. */
  skipped: { clients: string[]; audiences: string[]; connections: string[] }
  /** What was not understood, and what is not applied yet: to be printed. */
  notes: string[]
}
