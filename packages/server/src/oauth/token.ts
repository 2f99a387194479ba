import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { invalidRequest, OAuthError } from '#errors.ts'
import { type Parameters, parameter } from '#parameters.ts'
import type { TokenResponse } from '#tokens/authorization.ts'
import { issueTokens } from '#tokens/issue-tokens.ts'
import { authenticateClient } from './client-authentication/authenticate-client.ts'
import { readCredentials } from './client-authentication/credentials.ts'
import type { Grant } from './grants/grant.ts'
import { grants } from './grants/index.ts'
import { refuseOrganization } from './organization.ts'

/** One token request (RFC 6749 §3.2): client → grant → redeem → issue. */
export async function token(
  form: Parameters,
  authorizationHeader: string | undefined,
  ctx: Context,
): Promise<TokenResponse> {
  for (const name of form.repeated.keys())
    if (name !== 'resource') throw invalidRequest('No parameter but resource may be sent more than once.')
  const grant = findGrant(form)
  let client: Client | undefined
  try {
    client = await authenticateClient(readCredentials(authorizationHeader, form), ctx)
    requireGrantType(grant.type, client)
    const signsUsersIn = grant.type !== 'client_credentials'
    refuseOrganization({ organization: parameter(form, 'organization') }, signsUsersIn ? client : undefined)
    const authorization = await grant.redeem(form, client, ctx)
    const response = await issueTokens(authorization, ctx)
    ctx.log({
      type: grant.logTypes.success,
      clientId: client.clientId,
      clientName: client.name,
      userId: authorization.user?.userId,
      userName: authorization.user?.email ?? authorization.user?.username,
      audience: authorization.resourceServer?.identifier,
      scope: authorization.scope.join(' '),
    })
    return response
  } catch (error) {
    if (error instanceof OAuthError) logFailure(error, grant, client, ctx)
    throw error
  }
}

function findGrant(form: Parameters): Grant {
  const type = parameter(form, 'grant_type')
  if (type === undefined) throw invalidRequest('Missing required parameter: grant_type')
  const grant = grants.find((known) => known.type === type)
  if (!grant)
    throw new OAuthError(
      'unsupported_grant_type',
      `Unsupported grant type. Supported: ${grants.map((known) => known.type).join(', ')}`,
    )
  return grant
}

function requireGrantType(type: string, client: Client): void {
  if (!client.grantTypes.includes(type))
    throw new OAuthError('unauthorized_client', `Grant type '${type}' not allowed for the client.`, { status: 403 })
}

function logFailure(error: OAuthError, grant: Grant, client: Client | undefined, ctx: Context): void {
  ctx.log({
    type: grant.logTypes.failure,
    description: error.message,
    clientId: client?.clientId,
    clientName: client?.name,
    details: { error: { oauthError: error.code, message: error.message }, asked: error.detail },
  })
}
