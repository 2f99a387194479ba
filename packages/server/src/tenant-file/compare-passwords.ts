import { setTimeout as pause } from 'node:timers/promises'
import { Overloaded } from '#crypto/password-kdf.ts'
import type { Sealer } from '#crypto/seal.ts'
import type { Store } from '#storage/store.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { User } from '#users/user.ts'
import type { TenantFilePlatform } from './apply-tenant-file.ts'
import { logChange } from './log-changes.ts'
import type { Plan } from './plan/plan-tenant-file.ts'
import type { UserStep } from './plan/plan-users.ts'

/** Resolves to what it changed, in a line. */
type Comparison = (signal: AbortSignal) => Promise<string | undefined>

/** Milliseconds until the database is tried again. */
const storagePause = 1_000

/** The file wins: whoever may change a password on the way must not have it in the file. */
export function passwordComparisons(plan: Plan, platform: TenantFilePlatform): Comparison[] {
  const store = platform.tenants.storeFor(plan.tenant.value)
  return plan.users.flatMap((step) => {
    const { verb, password } = step
    if (verb === 'create' || password === undefined) return []
    return async (signal) => {
      const change = await comparePassword({ ...step, password }, plan.tenant.value, store, platform, signal)
      if (change !== undefined) logChange(plan, change, platform)
      return change
    }
  })
}

/**
 * One after the other, until told to stop. Whatever is not there just now, the database above all, is waited for: nothing
 * that is done in the background may end the server.
 */
export async function runAll(
  comparisons: readonly Comparison[],
  signal = new AbortController().signal,
): Promise<string[]> {
  const lines: string[] = []
  for (const compare of comparisons) {
    if (signal.aborted) break
    const line = await compare(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    if (line !== undefined) lines.push(line)
  }
  return lines
}

async function comparePassword(
  { value: user, label, password }: UserStep & { password: string },
  tenant: Tenant,
  { users }: Store,
  { passwords, sealer, now }: TenantFilePlatform,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { userId } = user
  const stored = await patiently(() => users.findMarkedPassword(userId), signal)
  if (stored?.mark !== undefined && isMarkOf(stored.mark, tenant, user, password, stored.hash, sealer)) return undefined
  const { ok } = stored ? await patiently(() => passwords.verify(password, stored.hash), signal) : { ok: false }
  const hash = ok && stored ? stored.hash : await patiently(() => passwords.hash(password), signal)
  if (!ok) await patiently(() => users.setPasswordHash(userId, hash, { samePassword: false, now: now() }), signal)
  const mark = markOf(tenant, user, password, hash, sealer)
  await patiently(() => users.markPassword(userId, hash, mark), signal)
  return ok ? undefined : `~ ${label}: password (changed)`
}

/**
 * Remembers that this password led to this hash, so that the next start need not spend a slow hash on finding out. It lies
 * beside that hash, where anything fast to compute from a password would be a gift to a thief of the database: so it is
 * keyed with the server's secret, and bound to the tenant, the user and the hash, so that equal passwords do not show.
 */
export function markOf(
  tenant: Tenant,
  user: User,
  password: string,
  hash: string,
  sealer: Pick<Sealer, 'mac'>,
): string {
  return sealer.mac(marked(user, password, hash), purposeFor(tenant))
}

function isMarkOf(
  mark: string,
  tenant: Tenant,
  user: User,
  password: string,
  hash: string,
  sealer: Pick<Sealer, 'checkMac'>,
): boolean {
  return sealer.checkMac(marked(user, password, hash), purposeFor(tenant), mark)
}

const marked = ({ userId }: User, password: string, hash: string) => JSON.stringify([userId, password, hash])
const purposeFor = ({ id }: Tenant) => `tenant-file-password:${id}`

/** Hashing is also asked for by people who sign in; they go first. The database may be away for a moment. */
export async function patiently<Value>(attempt: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const delay =
        error instanceof Overloaded ? error.retryAfter * 1000 : isUnavailable(error) ? storagePause : undefined
      if (delay === undefined) throw error
      await pause(delay, undefined, { signal })
    }
  }
}

const isUnavailable = (error: unknown) => error instanceof Error && error.name === 'StorageUnavailable'
