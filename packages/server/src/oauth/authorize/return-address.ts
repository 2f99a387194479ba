import type { Client } from '#clients/client.ts'
import { matchesAnyOrigin, originOf } from '#clients/registered-url.ts'
import type { Context } from '#context.ts'
import { invalidRequest, OAuthError } from '#errors.ts'
import { parseScope } from '#oauth/scope.ts'
import { isDevelopment } from '#tenants/tenant.ts'
import type { ResponseMode, ReturnAddress } from './authorization-request.ts'
import type { AuthorizeParameters } from './parse-request.ts'
import { diagnoseRedirectUri } from './redirect-doctor.ts'
import { findImpliedRedirectUri, findRegisteredRedirectUri } from './redirect-uri.ts'

/** Clients that a developer's mistake is looked for in. */
const othersInDevelopment = 100

const modes: readonly ResponseMode[] = ['query', 'fragment', 'form_post', 'web_message']

/**
 * Where answers go. Until this returns nothing may be redirected (RFC 9700 §4.11); what it throws becomes a page.
 * A wrong `response_mode` is judged here, too: without one we would not know how to answer.
 */
export async function resolveReturnAddress(
  params: AuthorizeParameters,
  client: Client,
  ctx: Context,
): Promise<ReturnAddress> {
  const { strict } = ctx.tenant.settings.flags
  const redirectUri = params.redirect_uri ?? requireImplied(params, client, strict)
  if (params.redirect_uri !== undefined && !findRegisteredRedirectUri(params.redirect_uri, { ...client, strict }))
    throw await callbackMismatch(params.redirect_uri, client, ctx)
  const responseMode = resolveResponseMode(params)
  if (responseMode === 'web_message') requireWebOrigin(redirectUri, client, strict)
  return {
    clientId: client.clientId,
    redirectUri,
    redirectUriSent: params.redirect_uri !== undefined,
    responseMode,
    state: params.state,
  }
}

function requireImplied(params: AuthorizeParameters, client: Client, strict: boolean | undefined): string {
  const openid = parseScope(params.scope).includes('openid')
  const implied = findImpliedRedirectUri({ ...client, strict }, { openid })
  if (implied === undefined) throw invalidRequest('Missing required parameter: redirect_uri')
  return implied
}

async function callbackMismatch(requested: string, client: Client, ctx: Context): Promise<OAuthError> {
  // Strangers must not make us read clients: in production the log's reader finds whose it is ("keywright logs ID").
  const others = isDevelopment(ctx.tenant) ? await ctx.store.clients.list({ limit: othersInDevelopment }) : []
  const diagnosis = diagnoseRedirectUri(requested, client, others)
  return new OAuthError('invalid_request', 'Callback URL mismatch.', {
    // Auth0: 403 and these words
    status: 403,
    detail: { kind: 'callback-mismatch', requested: requested.slice(0, 2048), allowed: client.callbacks, diagnosis },
  })
}

/** Errors go where success would have gone: with a token in it, into the fragment (OAuth Multiple Response Types §2.1). */
function resolveResponseMode({ response_mode: asked, response_type: type = '' }: AuthorizeParameters): ResponseMode {
  if (asked === undefined) return /\b(id_)?token\b/.test(type) ? 'fragment' : 'query'
  const mode = modes.find((known) => known === asked)
  if (!mode) throw invalidRequest(`response_mode must be one of ${modes.join(', ')}.`)
  return mode
}

/** The answer is posted to this origin and no other (SEC-175). */
function requireWebOrigin(redirectUri: string, { appType, webOrigins }: Client, strict: boolean | undefined): void {
  const origin = originOf(redirectUri)
  // Pages of custom schemes have opaque origins in most browsers: nothing can be posted to them and to nobody else (HTML §9.3.3).
  if (!/^https?:/i.test(redirectUri))
    throw invalidRequest('response_mode=web_message needs a redirect_uri that begins with https:// or http://.')
  if (!origin || !matchesAnyOrigin(origin, webOrigins, { appType, strict }))
    throw new OAuthError('invalid_request', 'The origin of redirect_uri is not in the list of Allowed Web Origins.', {
      status: 403,
      detail: { origin, allowed: webOrigins },
    })
}
