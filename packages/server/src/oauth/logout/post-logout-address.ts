import type { Client } from '#clients/client.ts'
import { matchesAny } from '#clients/registered-url.ts'
import type { Context } from '#context.ts'
import { OAuthError } from '#errors.ts'

/** Where a logout may lead: the client's list if there is a client, else the tenant's (SEC-310). @throws OAuthError */
export function requireLogoutUrl(
  url: string,
  client: Client | undefined,
  options: { ignoreQuery: boolean },
  ctx: Context,
): string {
  const { allowedLogoutUrls, flags } = ctx.tenant.settings
  const rules = { appType: client?.appType ?? ('regular_web' as const), strict: flags.strict, ...options }
  const allowed = client ? client.allowedLogoutUrls : allowedLogoutUrls
  if (matchesAny(url, allowed, rules)) return url
  throw new OAuthError('invalid_request', 'This address is not in the list of Allowed Logout URLs.', {
    detail: { kind: 'logout-url-mismatch', requested: url.slice(0, 2048), allowed },
  })
}

/**
 * Auth0: without an address, the first one of the client's list; after an `id_token_hint` our own page, as the standard has it. Only if
 * it is on the web: nobody asked for a custom scheme, and a browser without the app would be left on a dead page.
 */
export const defaultLogoutUrl = (client: Client | undefined): string | undefined =>
  client?.allowedLogoutUrls.find((url) => /^https?:/.test(url) && !url.includes('*'))
