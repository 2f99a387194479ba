import { type Client, isPublic } from '#clients/client.ts'
import { isNonVerifiable } from '#clients/registered-url.ts'
import type { ResourceServer } from '#clients/resource-server.ts'
import type { Interaction } from '#login/interaction.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { Consent } from '#users/consent.ts'
import type { Session } from '#users/session.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

/** What the user has to do before the client may have its answer. */
export type Ask = 'login' | 'account' | 'consent' | 'confirmation'

export type NextStep = { ask: Ask } | { proceed: Session }

/** What has happened within this interaction; nothing when the request has just come in. */
export type Progress = Pick<Interaction, 'authenticated' | 'agreed'>

/** What the decision looks at besides the request. */
export interface Circumstances {
  session: Session | undefined
  /** The session's user may not use the client; whoever is blocked has been refused before. */
  barred?: 'not-enabled'
  progress: Progress
  client: Client
  tenant: Tenant
  resourceServer: ResourceServer | undefined
  consent: Consent | undefined
  now: number
}

/** Is the user present and willing? The first thing that is missing. Pure: the same answer for the same facts. */
export function nextStep(request: AuthorizationRequest, facts: Circumstances): NextStep {
  const { session, progress } = facts
  if (!session || facts.barred || mustSignInAgain(request, session, facts)) return { ask: 'login' }
  const agreed = progress.agreed?.sid === session.sid ? progress.agreed : undefined
  if (request.prompt.includes('select_account') && !agreed?.chosen) return { ask: 'account' }
  if (!agreed?.consented && mustConsent(request, facts)) return { ask: 'consent' }
  if (!agreed && mustConfirm(request, facts)) return { ask: 'confirmation' }
  return { proceed: session }
}

/** Milliseconds that two processes may date apart. */
const skew = 60_000

/** A proof given within this interaction always counts: otherwise max_age=0 would ask for ever (SEC-013). */
function mustSignInAgain(request: AuthorizationRequest, session: Session, { progress, now }: Circumstances): boolean {
  if (request.subjectHint !== undefined && request.subjectHint !== session.userId) return true
  if (request.connection !== undefined && request.connection !== session.connection) return true
  if (progress.authenticated?.sid === session.sid) return false
  if (request.prompt.includes('login')) return true
  if (request.maxAge === undefined) return false
  const age = now - session.authenticatedAt
  // From the future: the clock was set back since, and how long ago that was nobody knows (SEC-331).
  return age < -skew || age >= request.maxAge * 1000
}

function mustConsent(request: AuthorizationRequest, facts: Circumstances): boolean {
  if (request.prompt.includes('consent')) return true
  if (!consentMatters(request, facts.client, facts.resourceServer)) return false
  const given = new Set(facts.consent?.scope)
  return facts.consent === undefined || request.scope.some((scope) => !given.has(scope))
}

/** Auth0: skipped for first-party clients whose API allows it, except on `localhost`, where anybody may listen. */
export function consentMatters(
  request: AuthorizationRequest,
  client: Client,
  resourceServer: ResourceServer | undefined,
): boolean {
  if (!client.isFirstParty) return true
  if (!resourceServer) return false
  const local = URL.parse(request.returnAddress.redirectUri)?.hostname === 'localhost'
  return local || !resourceServer.skipConsentForVerifiableFirstPartyClients
}

/** A custom scheme or a loopback port may belong to another app than the one we know (RFC 8252 §8.6, SEC-038). */
function mustConfirm(request: AuthorizationRequest, { client, tenant }: Circumstances): boolean {
  if (!isPublic(client)) return false
  // The browser delivers web_message to the registered origin and to nobody else.
  if (request.returnAddress.responseMode === 'web_message') return false
  if (!isNonVerifiable(request.returnAddress.redirectUri)) return false
  const skip =
    client.skipNonVerifiableCallbackUriConfirmationPrompt ??
    tenant.settings.skipNonVerifiableCallbackUriConfirmationPrompt ??
    false
  return !skip
}
