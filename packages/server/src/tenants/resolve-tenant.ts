import { HttpError } from '#errors.ts'
import type { TenantStore } from '#storage/store.ts'
import type { Tenant } from './tenant.ts'

/** The tenant of a `Host`. The issuer is what is registered, never the header as sent. @throws HttpError 404 */
export async function resolveTenant(host: string, tenants: TenantStore): Promise<Tenant> {
  const tenant = host.length <= 255 ? await tenants.findByDomain(host.toLowerCase()) : undefined
  if (!tenant) throw new HttpError(404, 'There is nothing at this address.')
  return tenant
}
