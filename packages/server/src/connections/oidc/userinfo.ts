import type { Context } from '#context.ts'
import { UpstreamError } from '../strategy.ts'
import type { UpstreamTokens } from './exchange-code.ts'
import { fetchJson, type JsonObject } from './fetch-json.ts'
import type { IdTokenClaims } from './id-token.ts'
import type { ProviderMetadata } from './metadata.ts'
import type { OidcOptions } from './options.ts'

/** What the ID token left out, if anything (Core §5.3). @throws UpstreamError */
export async function fetchUserinfo(
  { accessToken }: UpstreamTokens,
  claims: IdTokenClaims,
  { options, metadata }: { options: OidcOptions; metadata: ProviderMetadata },
  ctx: Context,
): Promise<JsonObject> {
  const { userinfoEndpoint } = metadata
  if (!userinfoEndpoint || accessToken === undefined || !isNeeded(claims, options)) return {}
  const headers = { authorization: `Bearer ${accessToken}` }
  const { ok, status, body } = await fetchJson('userinfo', userinfoEndpoint, { headers }, { fetch: ctx.fetchForCaller })
  if (!ok) throw new UpstreamError('failed', `userinfo: answered ${status}`)
  // Otherwise an access token of somebody else's would bring somebody else's address (Core §5.3.2).
  if (body.sub !== claims.sub) throw new UpstreamError('failed', 'userinfo: sub is not that of the ID token')
  return body
}

const profileClaims = ['name', 'given_name', 'family_name', 'nickname', 'preferred_username']

/** With the code flow, providers may keep claims for `/userinfo` (Core §5.4). One that tells all at once saves us the way. */
function isNeeded(claims: IdTokenClaims, { scope, attribute_map }: OidcOptions): boolean {
  const asked = scope.split(' ')
  if (asked.includes('email') && claims.email === undefined) return true
  if (asked.includes('profile') && profileClaims.every((name) => claims[name] === undefined)) return true
  return JSON.stringify(attribute_map.attributes).includes('context.userinfo')
}
