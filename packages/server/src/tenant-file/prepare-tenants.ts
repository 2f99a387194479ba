import { domainOf, issuerOf } from '#tenants/domain.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { TenantFilePlatform } from './apply-tenant-file.ts'
import { findFollower } from './find-follower.ts'
import type { Report } from './report.ts'

/**
 * What a start does before it listens: applies the files it was given; without any, gives an empty database the sample
 * tenant. Of several processes that start at once on one database, one should do this at a time.
 * @param paths absolute paths of tenant files
 * @param keywordMappings what keywords in them stand for; see `readKeywords`
 * @throws StartError and has changed nothing
 */
export async function prepareTenants(
  paths: readonly string[],
  platform: TenantFilePlatform,
  keywordMappings?: string,
): Promise<Report> {
  const tenants = await platform.tenants.list()
  if (paths.length === 0 && tenants.length === 0) return seedSampleTenant(platform)
  const report = paths.length === 0 ? nothingDone : await applyFiles(paths, platform, keywordMappings)
  const stayed = await platform.tenants.list()
  const moved = await followPublicUrl(stayed, report, platform)
  return { ...report, notes: [...moved, ...report.notes, ...(await unanswered(platform))] }
}

async function applyFiles(
  paths: readonly string[],
  platform: TenantFilePlatform,
  keywordMappings: string | undefined,
): Promise<Report> {
  const { readKeywords, readTenantFile, applyTenantFile } = await reader()
  const keywords = await readKeywords(keywordMappings)
  return applyTenantFile(await Promise.all(paths.map((path) => readTenantFile(path, keywords))), platform)
}

const nothingDone: Report = { tenants: [], notes: [], passwords: { count: 0, run: async () => [] } }

/** Loaded when there is something to read: the YAML parser and all the schemas are a fifth of a cold start. */
async function reader() {
  const [keywords, reading, applying] = await Promise.all([
    import('./keywords.ts'),
    import('./parse-tenant-file.ts'),
    import('./apply-tenant-file.ts'),
  ])
  return { ...keywords, ...reading, ...applying }
}

/** First start, nothing said. */
async function seedSampleTenant(platform: TenantFilePlatform): Promise<Report> {
  const { applyTenantFile } = await reader()
  const { sampleCredentials, sampleTenant } = await import('./sample-tenant.ts')
  const sample = sampleTenant(platform.defaultTenantUrl)
  const report = await applyTenantFile([sample], platform)
  return sample.users.length > 0 ? { ...report, sampleCredentials } : report
}

/** Unless a file described it, and the plan has moved it. */
async function followPublicUrl(
  all: readonly Tenant[],
  report: Report,
  { tenants, defaultTenantUrl: url }: TenantFilePlatform,
): Promise<string[]> {
  const described = report.tenants.map(({ domain }) => domain)
  const follower = findFollower(url, all, described)
  if (!follower) return []
  await tenants.update({ ...follower, domain: domainOf(url), issuer: issuerOf(url) })
  return [`The tenant of ${follower.issuer} is now that of ${issuerOf(url)}, because KEYWRIGHT_URL says so.`]
}

async function unanswered({ tenants, defaultTenantUrl: url }: TenantFilePlatform): Promise<string[]> {
  if (await tenants.findByDomain(domainOf(url))) return []
  const domains = (await tenants.list()).map(({ domain }) => domain).join(', ')
  return [`KEYWRIGHT_URL is ${url}, and no tenant has this domain, so it answers 404. There are: ${domains || 'none'}.`]
}
