import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { fitsSecret } from '#crypto/secret-digest.ts'
import type { OAuthError } from '#errors.ts'
import { type Credentials, wrongCredentials } from './credentials.ts'

/**
 * The client, proven to be itself. A public one only names itself: what proves it is the code's challenge.
 * Post and basic are the same secret by another road; Auth0 accepts either for a confidential client, and so do we.
 * @throws OAuthError invalid_client; too_many_requests after too many wrong secrets, whatever the next one is
 */
export async function authenticateClient(credentials: Credentials, ctx: Context): Promise<Client> {
  const client = await ctx.store.clients.find(credentials.clientId)
  if (!client) throw wrongCredentials({ reason: 'unknown client' })
  ctx.limits.take('token', client.clientId)
  if (client.tokenEndpointAuthMethod === 'none') {
    // Auth0: a secret sent by a public client is ignored; older SDK samples send an empty or placeholder one.
    return client
  }
  ctx.limits.require('failedClientAuthentication', client.clientId)
  if (credentials.method === 'none') throw failed('no secret was sent', client, ctx)
  const owner = { tenantId: ctx.tenant.id, clientId: client.clientId }
  if (!fitsSecret(client.secretDigests, credentials.clientSecret, owner, ctx.sealer))
    throw failed('wrong secret', client, ctx)
  return client
}

function failed(reason: string, { clientId }: Client, ctx: Context): OAuthError {
  ctx.limits.spend('failedClientAuthentication', clientId)
  return wrongCredentials({ reason, clientId })
}
