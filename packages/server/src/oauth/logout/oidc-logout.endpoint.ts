import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { parseCompactJws } from '#crypto/compact-jws.ts'
import { InvalidToken } from '#crypto/jwt.ts'
import { invalidRequest, OAuthError } from '#errors.ts'
import { endpoint, type HttpRequest } from '#http/endpoint.ts'
import { detourForeignForm } from '#http/foreign-form.ts'
import { html, type Reply, redirect } from '#http/reply.ts'
import { surroundings } from '#http/surroundings.ts'
import { currentSession, forgetSession } from '#login/current-session.ts'
import { requireSameOrigin } from '#login/interactions.ts'
import { accountName } from '#login/screen.ts'
import { refuseOrganization } from '#oauth/organization.ts'
import { loggedOutPage } from '#pages/logged-out-page.ts'
import { logoutConfirmPage } from '#pages/logout-confirm-page.ts'
import { mobilePage } from '#pages/mobile-page.ts'
import { wayTo } from '#pages/way-back.ts'
import { merged, type Parameters, parameter } from '#parameters.ts'
import { isBeyondJudgement, readIdToken } from '#tokens/id-token-hint.ts'
import type { Session } from '#users/session.ts'
import { endSession } from './end-session.ts'
import { defaultLogoutUrl, requireLogoutUrl } from './post-logout-address.ts'

const path = '/oidc/logout'
const names = ['id_token_hint', 'logout_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales'] as const

/** OpenID Connect RP-Initiated Logout 1.0 §2. */
export const oidcLogoutEndpoint = endpoint({
  methods: ['GET', 'POST'],
  path,
  summary: 'Ends the session, asking the user where it is not clear that they want it',
  errors: 'page',
  cors: 'none',
  async handle(http, ctx) {
    // The answer to our own question is never sent on: it must come from our page (SEC-166).
    const detour = http.body.values.has('csrf') ? undefined : detourForeignForm(http, names, ctx)
    if (detour) return detour
    const parameters = merged(http.query, http.body)
    const request = await validate(parameters, ctx)
    const session = await currentSession(http, ctx)
    if (isConfirmed(http, session, ctx))
      return parameter(http.body, 'action') === 'accept' ? end(request, session, http, ctx) : stay(request, http, ctx)
    if (session && request.sid !== session.sid) return ask(parameters, request, session, http, ctx)
    return end(request, session, http, ctx)
  },
})

interface LogoutRequest {
  client: Client | undefined
  /** The session that the hints name. */
  sid: string | undefined
  /** Where to go afterwards; on the list. */
  address: string | undefined
  state: string | undefined
  uiLocales: string | undefined
}

async function validate(parameters: Parameters, ctx: Context): Promise<LogoutRequest> {
  for (const name of names)
    if (parameters.repeated.has(name)) throw invalidRequest(`The parameter ${name} must not be sent more than once.`)
  const state = parameter(parameters, 'state')
  if (state !== undefined && state.length > 4096) throw invalidRequest('The parameter state is too long.')
  const hint = parameter(parameters, 'id_token_hint')
  const token = hint === undefined ? undefined : await readHint(hint, ctx)
  const clientId = parameter(parameters, 'client_id') ?? token?.aud
  if (token && clientId !== token.aud) throw invalidRequest('client_id is not the one the id_token_hint was issued to.')
  const client = clientId ? await ctx.store.clients.find(clientId) : undefined
  if (clientId && !client)
    throw new OAuthError('invalid_request', 'Unknown client.', { detail: { kind: 'unknown-client' } })
  const logoutHint = parameter(parameters, 'logout_hint')
  if (token?.sid !== undefined && logoutHint !== undefined && token.sid !== logoutHint)
    throw invalidRequest('logout_hint and id_token_hint name different sessions.')
  refuseOrganization({ organization: parameter(parameters, 'organization') }, undefined)
  const asked = parameter(parameters, 'post_logout_redirect_uri')
  return {
    client,
    // `logout_hint` proves nothing: it is known to logs and to every app of the session (RP-Initiated Logout §2: MUST ask).
    sid: token?.sid,
    address: asked
      ? requireLogoutUrl(asked, client, { ignoreQuery: false }, ctx)
      : defaultLogoutUrl(hint === undefined ? client : undefined),
    state,
    uiLocales: parameter(parameters, 'ui_locales'),
  }
}

/** A hint that nobody can judge any more still says which app asks, as `client_id` would, and names no session: the user is asked. */
async function readHint(hint: string, ctx: Context): Promise<{ aud: string; sid?: string }> {
  try {
    const { aud, sid } = await readIdToken(hint, ctx)
    return { aud, sid: typeof sid === 'string' ? sid : undefined }
  } catch (error) {
    if (!(error instanceof InvalidToken)) throw error
    const { aud } = (await isBeyondJudgement(hint, ctx)) ? parseCompactJws(hint).payload : {}
    if (typeof aud === 'string') return { aud }
    throw invalidRequest('id_token_hint must be an ID token that this server issued.')
  }
}

const purpose = (ctx: Context) => `logout:${ctx.tenant.id}`

/** The user pressed the button on our own page, for the session that was on it. */
function isConfirmed(http: HttpRequest, session: Session | undefined, ctx: Context): boolean {
  const token = parameter(http.body, 'csrf')
  if (http.method !== 'POST' || token === undefined) return false
  requireSameOrigin(http, ctx)
  return session !== undefined && ctx.sealer.checkMac(session.sid, purpose(ctx), token)
}

/** Anybody can lead a browser here: without a hint that names this very session, only its user may end it (SEC-311). */
async function ask(
  parameters: Parameters,
  request: LogoutRequest,
  session: Session,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply> {
  const hidden: Record<string, string> = { csrf: ctx.sealer.mac(session.sid, purpose(ctx)) }
  for (const name of names) {
    const value = parameter(parameters, name)
    if (value !== undefined) hidden[name] = value
  }
  const { address, client } = request
  const page = logoutConfirmPage(
    {
      action: path,
      hidden,
      account: await accountName(session, ctx),
      clientName: client?.name,
      ...wayTo(address),
    },
    surroundings(http, ctx, request.uiLocales),
  )
  return html(page)
}

/** The user would rather stay signed in. Not back to the address: the app would take that for a logout. */
const stay = ({ client, uiLocales }: LogoutRequest, http: HttpRequest, ctx: Context): Reply =>
  html(mobilePage({ clientName: client?.name }, surroundings(http, ctx, uiLocales)))

async function end(
  request: LogoutRequest,
  session: Session | undefined,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply> {
  const { address, state, client } = request
  await endSession(session, client?.clientId, ctx)
  if (address === undefined)
    return html(loggedOutPage({}, surroundings(http, ctx, request.uiLocales)), { cookies: forgetSession(http, ctx) })
  const separator = address.includes('?') ? '&' : '?'
  const target =
    state === undefined ? address : `${address}${separator}state=${encodeURIComponent(state.toWellFormed())}`
  return redirect(target, forgetSession(http, ctx))
}
