import type { ResourceServer } from '#clients/resource-server.ts'
import type { Context } from '#context.ts'
import { signJwt } from '#crypto/jwt.ts'
import type { Authorization } from './authorization.ts'
import { newTokenId } from './grant-id.ts'
import { currentKey } from './signing-keys.ts'

/** Seconds a token for `/userinfo` alone lives. */
export const userinfoTokenLifetime = 86_400

/** A JWT for an API, in the dialect the API chose: Auth0's, or RFC 9068. */
export async function signAccessToken(
  authorization: Authorization,
  resourceServer: ResourceServer,
  ctx: Context,
): Promise<string> {
  const key = await currentKey(resourceServer.signingAlg, ctx)
  if (!key.privateKey) throw new Error('the current key has no private part')
  const standard = resourceServer.tokenDialect.startsWith('rfc9068')
  const header = { alg: key.algorithm, typ: standard ? 'at+jwt' : 'JWT', kid: key.kid }
  return signJwt(header, accessTokenClaims(authorization, resourceServer, standard, ctx), key.privateKey)
}

function accessTokenClaims(
  { client, user, grantId, scope, grantType }: Authorization,
  resourceServer: ResourceServer,
  standard: boolean,
  ctx: Context,
): object {
  const { issuer } = ctx.tenant
  const issuedAt = Math.floor(ctx.now() / 1000)
  const { identifier, tokenDialect, tokenLifetime, enforcePolicies } = resourceServer
  return {
    iss: issuer,
    sub: user ? user.userId : `${client.clientId}@clients`,
    // Auth0: a plain string unless the token also opens /userinfo.
    aud: user && scope.includes('openid') ? [identifier, `${issuer}userinfo`] : identifier,
    iat: issuedAt,
    exp: issuedAt + tokenLifetime,
    ...(standard ? { client_id: client.clientId } : { azp: client.clientId, gty: grantType }),
    scope: scope.length > 0 ? scope.join(' ') : undefined,
    // SEC-101 wants one in every token; Auth0's own dialect has none, and no SDK minds. It leads to the grant.
    jti: newTokenId(grantId, ctx.random),
    // Nobody has permissions before roles exist; an empty list is the truth.
    permissions: tokenDialect.endsWith('_authz') && enforcePolicies ? [] : undefined,
  }
}
