import type { Client } from '#clients/client.ts'
import type { ClientGrant } from '#clients/client-grant.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Connection } from '#connections/connection.ts'
import type { Random } from '#crypto/random-id.ts'
import type { Tenant, TenantSettings } from '#tenants/tenant.ts'
import type { User } from '#users/user.ts'
import type { Entry, ParsedTenantFile } from '../tenant-file.ts'

/** What the tenant holds before a file is applied. */
export interface TenantState {
  tenant: Tenant
  /** The tenant is not in the database yet. */
  isNew: boolean
  clients: readonly Client[]
  resourceServers: readonly ResourceServer[]
  clientGrants: ClientGrant[]
  connections: readonly Connection[]
  /** Those that the files might mean: by id, address or name. */
  users: User[]
}

/** What planning one tenant has at hand, and where it puts what it finds. */
export interface Planning {
  state: TenantState
  settings: TenantSettings
  random: Random
  /** Whether the client's secret is this one already. */
  isSecretOf: (client: Client, secret: string) => boolean
  now: number
  skipped: ParsedTenantFile['skipped']
  problems: string[]
  notes: string[]
}

export interface Step<Value> {
  verb: 'create' | 'update' | 'keep'
  /** `client My native app` */
  label: string
  value: Value
  differences: string[]
}

export function stepOf<Value extends object>(label: string, before: Value | undefined, value: Value): Step<Value> {
  if (!before) return { verb: 'create', label, value, differences: [] }
  const differences = differencesOf(before, value)
  return { verb: differences.length > 0 ? 'update' : 'keep', label, value, differences }
}

/**
 * Without the keys that are undefined: what a file does not mention must not overwrite what is there. An empty text is how
 * Auth0 says "none": it does.
 */
export function mentioned<Value extends object>(value: Value): Partial<Value> {
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(entries.map(([key, inner]) => [key, inner === '' ? undefined : inner])) as Partial<Value>
}

/** Of two entries about one thing, the later is a problem: whichever won would surprise somebody. */
export function refuseTwice<Wanted>(
  entries: readonly Entry<Wanted>[],
  keyOf: (wanted: Wanted) => string | undefined,
  what: string,
  problems: string[],
): void {
  const first = new Map<string, Entry<Wanted>>()
  for (const entry of entries) {
    const key = keyOf(entry.wanted)
    if (key === undefined) continue
    const earlier = first.get(key)
    if (earlier)
      problems.push(`${entry.at()}: ${what} ${JSON.stringify(key)} is described twice; first at ${earlier.at()}`)
    else first.set(key, entry)
  }
}

/** What changes, a line for each field, and nothing of a secret. */
export function differencesOf(before: object, after: object, prefix = ''): string[] {
  const [old, young] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return [...new Set([...Object.keys(old), ...Object.keys(young)])].flatMap((key) => {
    const name = `${prefix}${key}`
    if (canonical(old[key]) === canonical(young[key])) return []
    if (/secret|password/i.test(key)) return [`${name} (changed)`]
    if (isMap(old[key]) && isMap(young[key])) return differencesOf(old[key], young[key], `${name}.`)
    return [`${name} ${changeOf(old[key], young[key])}`]
  })
}

function changeOf(before: unknown, after: unknown): string {
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, young] = [before.map(canonical), after.map(canonical)]
    const added = young.filter((item) => !old.includes(item)).map((item) => `+${shortly(item)}`)
    const removed = old.filter((item) => !young.includes(item)).map((item) => `−${shortly(item)}`)
    return [...added, ...removed].join(' ') || 'in another order'
  }
  return `${shortly(canonical(before))} → ${shortly(canonical(after))}`
}

const shortly = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text.replace(/^"(.*)"$/, '$1'))

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** One text for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  const sorted = (_key: string, inner: unknown) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner
  return JSON.stringify(value, sorted) ?? 'unset'
}
