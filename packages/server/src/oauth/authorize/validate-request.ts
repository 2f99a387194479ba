import type { Client } from '#clients/client.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import { serves } from '#connections/serves.ts'
import type { Context } from '#context.ts'
import { accessDenied, invalidRequest, OAuthError } from '#errors.ts'
import { refuseOrganization } from '#oauth/organization.ts'
import { findByResource } from '#oauth/resource.ts'
import { declaredBy, isStandardScope, isWellFormedScope, longestScope, parseScope } from '#oauth/scope.ts'
import { incarnations } from '#tokens/grant-id.ts'
import { verifyIdTokenHint } from '#tokens/id-token-hint.ts'
import type { AuthorizationRequest, Prompt, ReturnAddress } from './authorization-request.ts'
import { validateCodeChallenge } from './code-challenge.ts'
import type { AuthorizeParameters } from './parse-request.ts'

const prompts: readonly Prompt[] = ['none', 'login', 'consent', 'select_account']

/** Everything that can be judged before we look at the user. What it throws is sent back to the client. */
export async function validateRequest(
  params: AuthorizeParameters,
  client: Client,
  returnAddress: ReturnAddress,
  ctx: Context,
): Promise<AuthorizationRequest> {
  validateResponseType(params.response_type, client)
  refuseWhatIsNotKnown(params, client)
  const codeChallenge = validateCodeChallenge(params.code_challenge, params.code_challenge_method, client)
  if (params.scope !== undefined && !isWellFormedScope(params.scope))
    throw new OAuthError('invalid_scope', 'scope must be a space-separated list of scope names.')

  const resourceServer = await resolveResourceServer(params, ctx)
  const asked = parseScope(params.scope)
  if (asked.some((one) => one.length > longestScope))
    throw new OAuthError('invalid_scope', `A scope may have at most ${longestScope} characters.`)
  const scope = await grantableScope(asked, client, resourceServer, ctx)
  const prompt = validatePrompt(params.prompt)
  const subjectHint = params.id_token_hint ? await verifyIdTokenHint(params.id_token_hint, client, ctx) : undefined
  // Somebody is expected and we cannot tell whom: whoever is here says that it is them, and silently there is no answer.
  const mustChoose = params.id_token_hint !== undefined && subjectHint === undefined
  if (mustChoose && prompt.includes('none')) throw new OAuthError('login_required', 'Login required')
  return {
    returnAddress,
    scope,
    scopeReduced: scope.length !== asked.length,
    audience: resourceServer?.identifier,
    incarnations: incarnations(client, resourceServer) || undefined,
    codeChallenge,
    nonce: params.nonce,
    prompt: mustChoose && !prompt.includes('select_account') ? [...prompt, 'select_account'] : prompt,
    maxAge: validateMaxAge(params.max_age),
    loginHint: params.login_hint,
    screenHint: params.screen_hint,
    uiLocales: params.ui_locales,
    acrValues: params.acr_values?.split(' ').filter(Boolean),
    connection: await validateConnection(params.connection, client, ctx),
    subjectHint,
  }
}

function validateResponseType(responseType: string | undefined, client: Client): void {
  if (responseType === undefined) throw invalidRequest('Missing required parameter: response_type')
  if (responseType !== 'code')
    throw new OAuthError('unsupported_response_type', 'Unsupported response type. Only code is supported.')
  if (!client.grantTypes.includes('authorization_code'))
    throw new OAuthError('unauthorized_client', "Grant type 'authorization_code' not allowed for the client.")
}

/** What would change who may come in, or what the request says, is never ignored. */
function refuseWhatIsNotKnown(params: AuthorizeParameters, client: Client): void {
  // Core §6: these two codes are made for servers that do without.
  if (params.request !== undefined)
    throw new OAuthError('request_not_supported', 'The parameter request is not supported.')
  if (params.request_uri !== undefined)
    throw new OAuthError('request_uri_not_supported', 'The parameter request_uri is not supported.')
  refuseOrganization(params, client)
}

/** `undefined` means a token for `/userinfo` alone. An unknown API is refused before anybody signs in (SEC-018). */
async function resolveResourceServer(params: AuthorizeParameters, ctx: Context): Promise<ResourceServer | undefined> {
  if (params.audience === undefined && params.resource !== undefined) return findByResource(params.resource, ctx)
  const audience = params.audience ?? ctx.tenant.settings.defaultAudience
  if (audience === undefined || audience === `${ctx.tenant.issuer}userinfo`) return undefined
  const resourceServer = await ctx.store.resourceServers.findByIdentifier(audience)
  if (!resourceServer) throw accessDenied(serviceNotFound(audience), { audience })
  return resourceServer
}

/** Auth0's words, which name the audience; cut down to what RFC 6749 §4.1.2.1 allows in a description. */
const serviceNotFound = (audience: string) =>
  `Service not found: ${audience.replace(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '?')}`

/** Requested ∩ what the API declares ∩ what the client may have (SEC-016, SEC-017). */
export async function grantableScope(
  asked: readonly string[],
  client: Client,
  resourceServer: ResourceServer | undefined,
  ctx: Context,
): Promise<string[]> {
  const offline = client.grantTypes.includes('refresh_token') && (resourceServer?.allowOfflineAccess ?? true)
  const api = resourceServer ? await apiScope(client, resourceServer, ctx) : () => false
  return asked.filter((scope) => {
    if (scope === 'offline_access') return offline
    return isStandardScope(scope) || api(scope)
  })
}

async function apiScope(
  client: Client,
  resourceServer: ResourceServer,
  ctx: Context,
): Promise<(scope: string) => boolean> {
  const declared = ctx.tenant.settings.flags.allowUndeclaredScopes ? () => true : declaredBy(resourceServer)
  const { policy } = resourceServer.subjectTypeAuthorization.user
  if (policy === 'deny_all')
    throw accessDenied('This API does not accept access on behalf of users.', { kind: 'invalid-request' })
  if (policy === 'allow_all' && client.isFirstParty) return rbac(resourceServer, declared)
  const grant = await ctx.store.clientGrants.find(client.clientId, resourceServer.identifier)
  if (!grant)
    throw accessDenied(
      `Client is not authorized to access "${resourceServer.identifier}". You need to create a "client-grant" associated to this API.`,
      { kind: 'invalid-request', fix: missingGrant(client, resourceServer) },
    )
  return rbac(resourceServer, (scope) => declared(scope) && grant.scope.includes(scope))
}

/** What the tenant's log says: third-party clients, and all clients where the API says so, are not let in by default. */
const missingGrant = ({ clientId, isFirstParty }: Client, { identifier }: ResourceServer): string => {
  const entry = JSON.stringify({ client_id: clientId, audience: identifier, scope: ['…'] })
  const why = isFirstParty ? 'This API asks every client' : 'A third-party client needs one'
  return `No client grant. ${why}: add to clientGrants in the tenant file: ${entry}`
}

/** With RBAC on, only a user's permissions count. Nobody has any until roles exist, so nothing is granted (SEC-334). */
const rbac = (resourceServer: ResourceServer, allowed: (scope: string) => boolean) =>
  resourceServer.enforcePolicies ? () => false : allowed

function validatePrompt(prompt: string | undefined): Prompt[] {
  const asked = parseScope(prompt)
  for (const value of asked)
    if (!prompts.some((known) => known === value)) throw invalidRequest(`prompt must be one of ${prompts.join(', ')}.`)
  if (asked.includes('none') && asked.length > 1)
    throw invalidRequest('prompt=none must not be combined with another value.')
  return asked as Prompt[]
}

function validateMaxAge(maxAge: string | undefined): number | undefined {
  if (maxAge === undefined) return undefined
  if (!/^\d{1,10}$/.test(maxAge)) throw invalidRequest('max_age must be a whole number of seconds.')
  return Number(maxAge)
}

async function validateConnection(name: string | undefined, client: Client, ctx: Context): Promise<string | undefined> {
  if (name === undefined) return undefined
  const connection = await ctx.store.connections.findByName(name)
  // Unknown and not enabled are one answer: nobody learns the names of hidden connections (SEC-015).
  if (!connection || !serves(connection, client.clientId))
    throw invalidRequest('the connection is not enabled for the client')
  return connection.name
}
