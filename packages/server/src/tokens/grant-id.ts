import type { Client } from '#clients/client.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import { type Random, randomToken } from '#crypto/random-id.ts'

type Again = { incarnation?: number } | undefined

/**
 * Names one authorization, and is in everything that comes from it: code, refresh tokens, access tokens of both kinds. It says which
 * client and API of their names it was for, so that nothing of a deleted one fits its successor:
 *
 *     {random}                            as long as neither name was ever given up
 *     {random}.{client}.{API}             how often each was
 */
export function newGrantId(client: Client, resourceServer: ResourceServer | undefined, random: Random): string {
  return randomToken(random, 16) + incarnations(client, resourceServer)
}

/** False for what comes from before the client or the API was deleted and made again. */
export function isGrantOf(grantId: string, client: Client, resourceServer: ResourceServer | undefined): boolean {
  const dot = grantId.indexOf('.')
  return (dot < 0 ? '' : grantId.slice(dot)) === incarnations(client, resourceServer)
}

/** `.{client}.{API}`, or nothing while both are the first of their names. */
export function incarnations(client: Again, resourceServer: Again): string {
  const [ofClient, ofApi] = [client?.incarnation ?? 0, resourceServer?.incarnation ?? 0]
  return ofClient === 0 && ofApi === 0 ? '' : `.${ofClient}.${ofApi}`
}

/** The `jti` of an access token: its grant, and which of the grant's tokens it is. A machine's token has no grant. */
export const newTokenId = (grantId: string | undefined, random: Random): string =>
  grantId === undefined ? randomToken(random, 16) : `${grantId}.${randomToken(random, 16)}`

/** @returns '' for a token that names none: a machine's, or one of a version before 0006-revocations */
export const grantOfTokenId = (tokenId: string): string => tokenId.slice(0, Math.max(tokenId.lastIndexOf('.'), 0))
