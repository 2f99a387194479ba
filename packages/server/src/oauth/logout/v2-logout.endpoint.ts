import { OAuthError } from '#errors.ts'
import { endpoint } from '#http/endpoint.ts'
import { redirect, text, withCookies } from '#http/reply.ts'
import { currentSession, forgetSession } from '#login/current-session.ts'
import { refuseOrganization } from '#oauth/organization.ts'
import { parameter } from '#parameters.ts'
import { endSession } from './end-session.ts'
import { defaultLogoutUrl, requireLogoutUrl } from './post-logout-address.ts'

/**
 * Auth0's own logout: no confirmation, no token. What it can prove is the browser's cookie, which is SameSite=Lax: an image on a
 * foreign page ends nothing (SEC-311).
 */
export const v2LogoutEndpoint = endpoint({
  methods: ['GET'],
  path: '/v2/logout',
  summary: 'Ends the session and leads back to the app',
  errors: 'page',
  cors: 'none',
  async handle(http, ctx) {
    if (http.query.repeated.has('returnTo') || http.query.repeated.has('client_id'))
      throw new OAuthError('invalid_request', 'No parameter may be sent more than once.')
    const clientId = parameter(http.query, 'client_id')
    const client = clientId ? await ctx.store.clients.find(clientId) : undefined
    if (clientId && !client)
      throw new OAuthError('invalid_request', 'Unknown client.', { detail: { kind: 'unknown-client' } })
    refuseOrganization({ organization: parameter(http.query, 'organization') }, undefined)
    const returnTo = parameter(http.query, 'returnTo')
    // Auth0: here, and only here, the query of the address is not compared.
    const address = returnTo ? requireLogoutUrl(returnTo, client, { ignoreQuery: true }, ctx) : defaultLogoutUrl(client)
    await endSession(await currentSession(http, ctx), client?.clientId, ctx)
    return withCookies(address ? redirect(address) : text('OK'), forgetSession(http, ctx))
  },
})
