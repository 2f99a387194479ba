import { HttpError } from '#errors.ts'
import type { TenantStore } from '#storage/store.ts'
import type { Tenant } from './tenant.ts'

/** The tenant of a `Host`. The issuer is what is registered, never the header as sent. @throws HttpError 404 */
export async function resolveTenant(host: string, tenants: TenantStore): Promise<Tenant> {
  const domain = host.toLowerCase()
  const tenant = host.length <= 255 ? await find(domain, tenants) : undefined
  if (!tenant) throw new UnknownHost(domain)
  return tenant
}

/** With the port that the scheme has anyway it is the same host (RFC 9110 §4.2.3); proxies and some clients write it. */
async function find(domain: string, tenants: TenantStore): Promise<Tenant | undefined> {
  const known = await tenants.findByDomain(domain)
  const [, bare, port] = /^(.+):(80|443)$/.exec(domain) ?? []
  if (known || bare === undefined) return known
  const tenant = await tenants.findByDomain(bare)
  return tenant?.issuer.startsWith(port === '443' ? 'https:' : 'http:') ? tenant : undefined
}

/** No tenant has this host. */
export class UnknownHost extends HttpError {
  readonly host: string

  constructor(host: string) {
    super(404, 'There is nothing at this address.')
    this.host = host
  }
}
