import { domainOf, isLocal, issuerOf } from '#tenants/domain.ts'
import type { Tenant } from '#tenants/tenant.ts'

/**
 * The tenant that is to move to the public URL, if there is one. On a laptop the port or the scheme changes from one start to
 * the next, and the one tenant there is means to follow. A tenant with a real domain never moves by itself: a mistyped
 * KEYWRIGHT_URL would change what all its tokens say.
 * @param named domains that tenant files name: those tenants stay where they are
 */
export function findFollower(url: string, tenants: readonly Tenant[], named: readonly string[]): Tenant | undefined {
  const here = tenants.find(({ domain }) => domain === domainOf(url))
  const only = tenants.length === 1 && !named.includes(tenants[0]?.domain ?? '') ? tenants[0] : undefined
  const follower = here ?? only
  if (!follower || !isLocal(url) || !isLocal(follower.issuer) || follower.issuer === issuerOf(url)) return undefined
  return follower
}
