import type { ResourceServer } from '#clients/resource-server.ts'
import type { Context } from '#context.ts'
import { invalidRequest, OAuthError } from '#errors.ts'

/** Each costs a look into the database. */
const most = 10

/**
 * The API that one of the resources names (RFC 8707 §2), with or without the slash at its end, which address bars and libraries add.
 * Undefined if that is `/userinfo`.
 * @param resources separated by spaces
 * @throws OAuthError invalid_target if none of them is an API of the tenant
 */
export async function findByResource(resources: string, ctx: Context): Promise<ResourceServer | undefined> {
  const named = [...new Set(resources.split(' '))]
  if (named.length > most) throw invalidRequest(`The parameter resource must not be sent more than ${most} times.`)
  for (const resource of named) {
    if (resource === `${ctx.tenant.issuer}userinfo`) return undefined
    const other = resource.endsWith('/') ? resource.slice(0, -1) : `${resource}/`
    const { resourceServers } = ctx.store
    const found = (await resourceServers.findByIdentifier(resource)) ?? (await resourceServers.findByIdentifier(other))
    if (found) return found
  }
  throw new OAuthError('invalid_target', 'The resource is not an API of this tenant.', { detail: { resources: named } })
}
