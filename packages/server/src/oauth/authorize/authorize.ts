import type { Client } from '#clients/client.ts'
import type { Context, LogEntry } from '#context.ts'
import { accessDenied, invalidRequest, OAuthError, userIsBlocked } from '#errors.ts'
import { whyMayNotUse } from '#oauth/may-use-client.ts'
import { refuseOrganization } from '#oauth/organization.ts'
import type { Parameters } from '#parameters.ts'
import { incarnations } from '#tokens/grant-id.ts'
import type { Session } from '#users/session.ts'
import type { AuthorizationRequest, ReturnAddress } from './authorization-request.ts'
import { type AuthorizationResponse, errorResponse, issueResponse } from './issue-response.ts'
import { type Ask, consentMatters, nextStep, type Progress } from './next-step.ts'
import { type AuthorizeParameters, knownParameters, requireWellFormed } from './parse-request.ts'
import { resolveReturnAddress } from './return-address.ts'
import { validateRequest } from './validate-request.ts'

/** How a step of an authorization request ends: with an answer for the client, or with a question for its user. */
export type Outcome =
  | { kind: 'answer'; response: AuthorizationResponse; returnAddress: ReturnAddress; session?: Session }
  | { kind: 'ask'; what: Ask; request: AuthorizationRequest; client: Client; session: Session | undefined }

/** One authorization request, from its parameters to its outcome (RFC 6749 §4.1.1). */
export async function authorize(raw: Parameters, session: Session | undefined, ctx: Context): Promise<Outcome> {
  // Nothing here may redirect: we do not know yet that the address is the client's (RFC 9700 §4.11).
  const params = knownParameters(raw)
  requireWellFormed(params, raw, ['client_id'])
  const client = await resolveClient(params, ctx)
  requireWellFormed(params, raw, ['redirect_uri', 'response_mode', 'state'])
  const returnAddress = await resolveReturnAddress(params, client, ctx)

  try {
    requireWellFormed(params, raw)
    const request = await validateRequest(params, client, returnAddress, ctx)
    return await decide(request, client, session, {}, ctx)
  } catch (error) {
    // Somebody else's app must not use us to bounce a user who has done nothing yet (RFC 9700 §4.11.2, SEC-049).
    // But `prompt=none` shows no page, to nobody (Core §3.1.2.6).
    const answers = client.isFirstParty || params.prompt === 'none'
    if (error instanceof OAuthError && answers) return refuse(error, returnAddress, ctx)
    throw error
  }
}

/** The same decision for a request that waited while its user did something. */
export async function resume(
  request: AuthorizationRequest,
  session: Session | undefined,
  progress: Progress,
  ctx: Context,
): Promise<Outcome> {
  const { returnAddress } = request
  const client = await stillTheClients(returnAddress, ctx)
  try {
    return await decide(request, client, session, progress, ctx)
  } catch (error) {
    if (error instanceof OAuthError) return refuse(error, returnAddress, ctx)
    throw error
  }
}

/** The user, or their identity provider, has said no, or nothing can come of it: the client of a waiting request hears so. */
export async function refuseWaiting(
  error: OAuthError,
  { returnAddress }: AuthorizationRequest,
  ctx: Context,
  about?: Partial<LogEntry>,
): Promise<Outcome> {
  await stillTheClients(returnAddress, ctx)
  return refuse(error, returnAddress, ctx, about)
}

/**
 * Whose the address is. It may have been taken off the client's list while the user was typing, or was another one that the
 * request did not have to name (SEC-045).
 * @throws OAuthError that becomes a page
 */
async function stillTheClients(returnAddress: ReturnAddress, ctx: Context): Promise<Client> {
  const { clientId, redirectUri, redirectUriSent, responseMode } = returnAddress
  const client = await resolveClient({ client_id: clientId }, ctx)
  const params = { redirect_uri: redirectUriSent ? redirectUri : undefined, response_mode: responseMode }
  const resolved = await resolveReturnAddress(params, client, ctx)
  if (resolved.redirectUri !== redirectUri) throw invalidRequest('Missing required parameter: redirect_uri')
  return client
}

async function decide(
  request: AuthorizationRequest,
  client: Client,
  session: Session | undefined,
  progress: Progress,
  ctx: Context,
): Promise<Outcome> {
  const { audience = '', returnAddress } = request
  const resourceServer = audience ? await ctx.store.resourceServers.findByIdentifier(audience) : undefined
  // Deleted and made again while the user was typing: what was agreed to was agreed with somebody else.
  if ((request.incarnations ?? '') !== incarnations(client, resourceServer))
    throw accessDenied('The application or the API was replaced meanwhile. Start again.')
  refuseOrganization({}, client)
  const asksConsent = session && consentMatters(request, client, resourceServer)
  const [user, consent] = await Promise.all([
    session && ctx.store.users.find(session.userId),
    asksConsent ? ctx.store.consents.find(session.userId, client.clientId, audience) : undefined,
  ])
  // What a grant will ask is asked first: a code that nobody can exchange helps nobody.
  const barred = user && (await whyMayNotUse(user, client, ctx))
  if (barred === 'blocked') throw userIsBlocked(user?.userId ?? '')
  const here = user && session
  const facts = { session: here, barred, progress, client, tenant: ctx.tenant, resourceServer, consent, now: ctx.now() }
  const step = nextStep(request, facts)
  if (user && 'proceed' in step) {
    const response = await issueResponse(
      request,
      { session: step.proceed, user, client, resourceServer, progress },
      ctx,
    )
    return { kind: 'answer', response, returnAddress, session: step.proceed }
  }
  const what = 'ask' in step ? step.ask : 'login'
  if (request.prompt.includes('none')) throw notSilently(what)
  return { kind: 'ask', what, request, client, session: here }
}

/** `prompt=none` never shows a page (Core §3.1.2.6). */
function notSilently(ask: Ask): OAuthError {
  switch (ask) {
    case 'login':
      return new OAuthError('login_required', 'Login required')
    case 'consent':
      return new OAuthError('consent_required', 'Consent required')
    case 'account':
    case 'confirmation':
      return new OAuthError('interaction_required', 'User interaction required')
  }
}

/** An error that goes back to the client; the tenant's log has what the wire must not carry. */
export function refuse(
  error: OAuthError,
  returnAddress: ReturnAddress,
  ctx: Context,
  about: Partial<LogEntry> = {},
): Outcome {
  ctx.log({
    type: error.code === 'login_required' || error.code === 'consent_required' ? 'fsa' : 'f',
    description: error.message,
    clientId: returnAddress.clientId,
    details: { error: { oauthError: error.code, message: error.message }, asked: error.detail },
    ...about,
  })
  return { kind: 'answer', response: errorResponse(error, returnAddress, ctx), returnAddress }
}

async function resolveClient(params: AuthorizeParameters, ctx: Context): Promise<Client> {
  if (params.client_id === undefined) throw new OAuthError('invalid_request', 'Missing required parameter: client_id')
  const client = await ctx.store.clients.find(params.client_id)
  if (!client) throw new OAuthError('invalid_request', 'Unknown client.', { detail: { kind: 'unknown-client' } })
  return client
}
