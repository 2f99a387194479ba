import type { Config } from '#config.ts'
import { StartError } from '#errors.ts'
import type { Tenant } from '#tenants/tenant.ts'

/** `--tenant`, or the tenant of KEYWRIGHT_URL, or the only one there is. @throws StartError that names the tenants there are */
export function chooseTenant(asked: string | undefined, config: Config, tenants: readonly Tenant[]): Tenant {
  const domain = asked ?? new URL(config.url).host
  const tenant = tenants.find((candidate) => candidate.domain === domain)
  if (tenant) return tenant
  const [only, ...others] = tenants
  if (asked === undefined && only && others.length === 0) return only
  throw new StartError(
    `There is no tenant "${domain}". There are: ${tenants.map((known) => known.domain).join(', ') || 'none yet'}.`,
  )
}
