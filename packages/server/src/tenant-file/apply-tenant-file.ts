import { isDeepStrictEqual } from 'node:util'
import type { PasswordKdf } from '#crypto/password-kdf.ts'
import { type Random, randomAlphanumeric } from '#crypto/random-id.ts'
import type { Sealer } from '#crypto/seal.ts'
import { fitsSecret } from '#crypto/secret-digest.ts'
import { StartError } from '#errors.ts'
import type { Store, TenantStore } from '#storage/store.ts'
import { domainOf, issuerOf } from '#tenants/domain.ts'
import type { Tenant } from '#tenants/tenant.ts'
import { ensureSigningKeys } from '#tokens/signing-keys.ts'
import type { User } from '#users/user.ts'
import { markOf, passwordComparisons, patiently, runAll } from './compare-passwords.ts'
import { findFollower } from './find-follower.ts'
import { logChanges } from './log-changes.ts'
import { refusal } from './parse-tenant-file.ts'
import { type Plan, planTenantFile } from './plan/plan-tenant-file.ts'
import { type Report, reportOf } from './report.ts'
import type { ParsedTenantFile } from './tenant-file.ts'
import { emptyTenant, readTenantState } from './tenant-state.ts'

/** What applying needs from the house. */
export interface TenantFilePlatform {
  tenants: TenantStore
  /** Epoch milliseconds. */
  now: () => number
  random: Random
  passwords: PasswordKdf
  /** Vouches for which secret, and which password of a file, led to what is stored. */
  sealer: Pick<Sealer, 'mac' | 'checkMac'>
  /** `KEYWRIGHT_URL`: whose tenant a file without `tenant.domain` describes; and the scheme of all tenants. */
  defaultTenantUrl: string
  /** What would only be reported stops the start instead. */
  strict?: boolean
}

/**
 * Makes the tenants what the files say. What a file does not mention is left alone; a second run changes nothing. All files
 * are checked and planned before the first write.
 * @throws StartError and has changed nothing
 */
export async function applyTenantFile(
  files: readonly ParsedTenantFile[],
  platform: TenantFilePlatform,
  attempts = 3,
): Promise<Report> {
  try {
    return await applyOnce(files, platform)
  } catch (error) {
    // Another process, started at the same moment, may have been faster. Comparing again finds what it made.
    if (error instanceof StartError || attempts <= 1) throw error
    return applyTenantFile(files, platform, attempts - 1)
  }
}

async function applyOnce(files: readonly ParsedTenantFile[], platform: TenantFilePlatform): Promise<Report> {
  const described = byTenant(files, platform.defaultTenantUrl)
  const domains = [...described.keys()].map(domainOf)
  const follower = findFollower(platform.defaultTenantUrl, await platform.tenants.list(), domains)
  const plans: Plan[] = []
  for (const [url, itsFiles] of described) plans.push(await planOneTenant(url, itsFiles, follower, platform))
  const problems = plans.flatMap((plan) => [...plan.problems, ...(platform.strict ? plan.notes : [])])
  if (problems.length > 0) throw refusal(problems)

  for (const plan of plans) {
    await carryOut(plan, platform)
    await logChanges(plan, platform)
  }
  const comparisons = plans.flatMap((plan) => passwordComparisons(plan, platform))
  return {
    tenants: plans.map(reportOf),
    notes: plans.flatMap((plan) => plan.notes),
    passwords: { count: comparisons.length, run: (signal) => runAll(comparisons, signal) },
  }
}

/** Files by the public URL of the tenant they describe. */
function byTenant(files: readonly ParsedTenantFile[], defaultUrl: string): Map<string, ParsedTenantFile[]> {
  const { protocol } = new URL(defaultUrl)
  const urlOf = ({ tenant }: ParsedTenantFile) => {
    const domain = tenant?.wanted.domain
    if (domain === undefined) return new URL(defaultUrl).origin
    const url = URL.parse(`${protocol}//${domain}`)
    if (!url) throw refusal([`${tenant?.at('domain')}: tenant.domain is "${domain}": expected a host and a port`])
    return url.origin
  }
  return Map.groupBy(files, urlOf)
}

async function planOneTenant(
  url: string,
  files: ParsedTenantFile[],
  follower: Tenant | undefined,
  { tenants, random, now, sealer, defaultTenantUrl }: TenantFilePlatform,
): Promise<Plan> {
  const address = { domain: domainOf(url), issuer: issuerOf(url) }
  const isDefault = address.domain === domainOf(defaultTenantUrl)
  const known = (await tenants.findByDomain(address.domain)) ?? (isDefault ? follower : undefined)
  const state = known
    ? await readTenantState(known, files, tenants)
    : emptyTenant({ id: randomAlphanumeric(random, 16), ...address })
  const tenantId = state.tenant.id
  return planTenantFile(files, state, {
    random,
    now: now(),
    isSecretOf: ({ clientId, secretDigests }, secret) =>
      fitsSecret(secretDigests, secret, { tenantId, clientId }, sealer),
    address,
  })
}

/** In the order of reference: whatever a step names is there before it. */
async function carryOut(plan: Plan, platform: TenantFilePlatform): Promise<void> {
  const { tenants } = platform
  if (plan.tenant.verb === 'create') await tenants.create(plan.tenant.value)
  const store = tenants.storeFor(plan.tenant.value)
  for (const { verb, value } of plan.resourceServers) if (verb !== 'keep') await store.resourceServers.save(value)
  for (const { verb, value, secret } of plan.clients) if (verb !== 'keep') await store.clients.save(value, secret)
  for (const { verb, value } of plan.connections) if (verb !== 'keep') await store.connections.save(value)
  for (const { verb, value } of plan.clientGrants) if (verb !== 'keep') await store.clientGrants.save(value)
  await saveUsers(plan, store, platform)
  await prepareKeys(plan, store, platform)
  if (plan.tenant.verb === 'update') await tenants.update(plan.tenant.value)
}

/** A key is published before it signs, and never made while somebody waits for a token (SEC-111). */
async function prepareKeys(plan: Plan, store: Store, { now }: TenantFilePlatform): Promise<void> {
  const algorithms = new Set([
    ...plan.clients.map(({ value }) => value.jwtConfiguration.alg),
    ...plan.resourceServers.map(({ value }) => value.signingAlg),
  ])
  for (const algorithm of algorithms) await ensureSigningKeys(algorithm, { store, tenant: plan.tenant.value, now })
}

/** A few at a time: hashing is slow on purpose, and there are cores to share. */
async function saveUsers({ users, tenant }: Plan, store: Store, platform: TenantFilePlatform): Promise<void> {
  const { passwords, sealer } = platform
  const waiting = users.values()
  const worker = async () => {
    for (const { verb, value, label, before, password, passwordHash } of waiting) {
      if (verb === 'update') await updateUser(value, before, label, store)
      if (verb !== 'create') continue
      const hash = password === undefined ? passwordHash : await patiently(() => passwords.hash(password))
      const created = await store.users.create(value, hash)
      if (created && password !== undefined && hash !== undefined) {
        await store.users.markPassword(value.userId, hash, markOf(tenant.value, value, password, hash, sealer))
      }
      // Another process that starts just now may have made the same user.
      if (created || (await isThere(value, store))) continue
      throw new StartError(`${label} could not be created: somebody else has its id, address or name.`)
    }
  }
  await Promise.all([worker(), worker()])
}

/** What somebody else did since we compared stays: then everything is compared again. */
async function updateUser(user: User, before: User | undefined, label: string, { users }: Store): Promise<void> {
  if (await users.update(user, before)) return
  if (isDeepStrictEqual(await users.find(user.userId), before))
    throw new StartError(`${label} could not be changed: somebody else has its address or name.`)
  throw new Error(`${label} was changed by somebody else at the same time`)
}

async function isThere({ connection, email, username }: User, { users }: Store): Promise<boolean> {
  const found = await users.findByIdentifier(connection, email ?? username ?? '')
  return found?.email === email && found?.username === username
}
