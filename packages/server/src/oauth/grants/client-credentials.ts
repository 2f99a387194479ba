import { z } from 'zod'
import { isPublic } from '#clients/client.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Context } from '#context.ts'
import { accessDenied, OAuthError } from '#errors.ts'
import { findByResource } from '#oauth/resource.ts'
import { declaredBy, parseScope } from '#oauth/scope.ts'
import { defineGrant, opaque } from './grant.ts'

/** A machine, for itself (RFC 6749 §4.4): never a user's claims, never a refresh token. */
export const clientCredentials = defineGrant({
  type: 'client_credentials',
  logTypes: { success: 'seccft', failure: 'feccft' },
  parameters: z.object({
    audience: opaque(600).optional(),
    resource: opaque(4096).optional(),
    scope: opaque(4096).optional(),
  }),

  async redeem(form, client, ctx) {
    if (isPublic(client))
      throw new OAuthError('unauthorized_client', "Grant type 'client_credentials' not allowed for the client.", {
        status: 403,
      })
    const resourceServer = await findResourceServer(form, ctx)
    const grant = await ctx.store.clientGrants.find(client.clientId, resourceServer.identifier)
    if (!grant || resourceServer.subjectTypeAuthorization.client.policy === 'deny_all')
      throw accessDenied(
        `Client is not authorized to access "${resourceServer.identifier}". You need to create a "client-grant" associated to this API.`,
      )

    const declared = declaredBy(resourceServer)
    const asked = form.scope === undefined ? undefined : new Set(parseScope(form.scope))
    const scope = grant.scope.filter((value) => declared(value) && (asked?.has(value) ?? true))
    return { client, resourceServer, scope, tellScope: true, grantType: 'client-credentials' }
  },
})

async function findResourceServer(
  form: { audience?: string; resource?: string },
  ctx: Context,
): Promise<ResourceServer> {
  const audience = form.audience ?? (form.resource ? undefined : ctx.tenant.settings.defaultAudience)
  if (audience === undefined && form.resource === undefined)
    throw accessDenied('No audience parameter was provided, and no default audience has been configured')
  const found =
    audience === undefined
      ? await findByResource(form.resource ?? '', ctx)
      : await ctx.store.resourceServers.findByIdentifier(audience)
  if (!found) throw accessDenied('Service not enabled within domain', { audience })
  return found
}
