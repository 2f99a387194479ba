import { domainOf, isLocal, issuerOf } from '#tenants/domain.ts'
import type { Tenant } from '#tenants/tenant.ts'
import { applyTenantFile, type TenantFilePlatform } from './apply-tenant-file.ts'
import { readTenantFile } from './parse-tenant-file.ts'
import type { Report } from './report.ts'
import { sampleCredentials, sampleTenant } from './sample-tenant.ts'

/**
 * What a start does before it listens: applies the files it was given; without any, gives an empty database the sample
 * tenant. Several processes must not do this at once on one database.
 * @param paths absolute paths of tenant files
 * @throws StartError and has changed nothing
 */
export async function prepareTenants(paths: readonly string[], platform: TenantFilePlatform): Promise<Report> {
  const files = await Promise.all(paths.map(readTenantFile))
  const tenants = await platform.tenants.list()
  if (paths.length === 0 && tenants.length === 0) return seedSampleTenant(platform)

  const named = new Set(files.map(({ tenant }) => tenant?.wanted.domain?.toLowerCase()))
  const moved = await followPublicUrl(
    tenants.filter(({ domain }) => !named.has(domain)),
    tenants,
    platform,
  )
  const report = await applyTenantFile(files, platform)
  const answered = await platform.tenants.findByDomain(domainOf(platform.defaultTenantUrl))
  const unanswered = answered ? [] : [unansweredNote(platform.defaultTenantUrl, await platform.tenants.list())]
  return { ...report, notes: [...moved, ...report.notes, ...unanswered] }
}

/** First start, nothing said. */
async function seedSampleTenant(platform: TenantFilePlatform): Promise<Report> {
  const sample = sampleTenant(platform.defaultTenantUrl)
  const report = await applyTenantFile([sample], platform)
  return sample.users.length > 0 ? { ...report, sampleCredentials } : report
}

/**
 * On a laptop the port or the scheme changes from one start to the next, and the one tenant there is means to follow. A
 * tenant with a real domain never moves by itself: a mistyped KEYWRIGHT_URL would change what all its tokens say.
 */
async function followPublicUrl(
  candidates: readonly Tenant[],
  all: readonly Tenant[],
  { tenants, defaultTenantUrl: url }: TenantFilePlatform,
): Promise<string[]> {
  const [domain, issuer] = [domainOf(url), issuerOf(url)]
  const here = all.find((tenant) => tenant.domain === domain)
  const follower = here ?? (all.length === 1 && isLocal(url) ? candidates[0] : undefined)
  if (!follower || follower.issuer === issuer || !isLocal(follower.issuer)) return []
  await tenants.update({ ...follower, domain, issuer })
  return [`The tenant of ${follower.issuer} is now that of ${issuer}, because KEYWRIGHT_URL says so.`]
}

const unansweredNote = (url: string, tenants: readonly Tenant[]) =>
  `KEYWRIGHT_URL is ${url}, and no tenant has this domain, so it answers 404. There are: ${tenants.map(({ domain }) => domain).join(', ') || 'none'}.`
