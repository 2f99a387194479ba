import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { signJwt } from '#crypto/jwt.ts'
import type { User } from '#users/user.ts'
import type { Authorization } from './authorization.ts'
import { userClaims } from './claims.ts'
import { currentKey } from './signing-keys.ts'

/** Who signed in, for the client (Core §2). After a refresh it has no `nonce`, which Auth0's SDKs refuse, and the `sid` of the
 * session that it comes from, alive or not. */
export async function signIdToken(
  authorization: Authorization,
  user: User,
  about: NonNullable<Authorization['idToken']>,
  ctx: Context,
): Promise<string> {
  const { client, scope } = authorization
  const key = await currentKey(client.jwtConfiguration.alg, ctx)
  if (!key.privateKey) throw new Error('the current key has no private part')
  const { issuer } = ctx.tenant
  const claims = {
    ...userClaims(user, scope, { client, issuer }),
    ...loginClaims(about, client, issuer, Math.floor(ctx.now() / 1000)),
  }
  return signJwt({ alg: key.algorithm, typ: 'JWT', kid: key.kid }, claims, key.privateKey)
}

/** Of the login, after those of the user: nothing that a user says of themselves can stand in for one of them. */
const loginClaims = (
  { nonce, authTime, sid }: NonNullable<Authorization['idToken']>,
  { clientId, jwtConfiguration }: Pick<Client, 'clientId' | 'jwtConfiguration'>,
  issuer: string,
  issuedAt: number,
) => ({
  iss: issuer,
  aud: clientId,
  iat: issuedAt,
  exp: issuedAt + jwtConfiguration.lifetimeInSeconds,
  auth_time: authTime === undefined ? undefined : Math.floor(authTime / 1000),
  nonce,
  sid,
})

/** The names of all of them, for discovery. */
export const loginClaimNames: readonly string[] = Object.keys(
  loginClaims({}, { clientId: '', jwtConfiguration: { lifetimeInSeconds: 0, alg: 'RS256' } }, '', 0),
)
