import type { Client } from '#clients/client.ts'
import { isNonVerifiable, originOf } from '#clients/registered-url.ts'
import type { Context } from '#context.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { html, type Reply } from '#http/reply.ts'
import { surroundings } from '#http/surroundings.ts'
import { alreadyCompletedPage } from '#pages/already-completed-page.ts'
import { embeddedBrowserPage } from '#pages/embedded-browser-page.ts'
import type { Requester, Surroundings, WayBack } from '#pages/page.ts'
import type { Session } from '#users/session.ts'
import { currentSession } from './current-session.ts'
import { expired, findInteraction, type Open } from './interactions.ts'

/** What every screen needs: the waiting request, the app that waits, and who is here. */
export interface Screen {
  open: Open
  client: Client
  session: Session | undefined
  around: Surroundings
}

/** @returns a page instead where the screen makes no sense any more */
export async function openScreen(http: HttpRequest, ctx: Context): Promise<Screen | { instead: Reply }> {
  const [open, session] = await Promise.all([findInteraction(http, ctx), currentSession(http, ctx)])
  const { interaction } = open
  const client = await ctx.store.clients.find(interaction.request.returnAddress.clientId)
  if (!client) throw expired()
  const around = surroundings(http, ctx, interaction.request.uiLocales)
  if (interaction.completedAt !== undefined) {
    // The back button after the app has its answer: nothing to do here any more.
    return { instead: html(alreadyCompletedPage({ clientName: client.name }, around), { status: 409 }) }
  }
  if (ctx.tenant.settings.flags.refuseEmbeddedBrowsers && isEmbedded(ctx.caller.userAgent))
    return { instead: html(embeddedBrowserPage({ clientName: client.name }, around), { status: 403 }) }
  return { open, client, session, around }
}

/** Android marks web views with `; wv`; on iOS only real browsers name themselves after `Mobile/…` (RFC 8252 §8.12, SEC-047). */
const isEmbedded = (userAgent: string): boolean =>
  /; wv\)/.test(userAgent) ||
  (/(iPhone|iPad|iPod).*AppleWebKit/.test(userAgent) && !/Safari|CriOS|FxiOS|EdgiOS/.test(userAgent))

/** The form's answer may lead out of our origin, perhaps out of the browser: its CSP and its words depend on it (SEC-171). */
export function wayBack({ client, open }: Screen): WayBack {
  const { redirectUri } = open.interaction.request.returnAddress
  const origin = originOf(redirectUri)
  const scheme = `${redirectUri.split(':', 1)[0]}:`
  return { clientName: client.name, returnTargets: [origin ?? scheme], leavesBrowser: origin === undefined }
}

/** Who asks, and where the answer goes: a name alone proves nothing (SEC-048). */
export function requester({ client, open }: Screen): Requester {
  const { redirectUri } = open.interaction.request.returnAddress
  const url = URL.parse(redirectUri)
  return {
    clientName: client.name,
    clientLogoUrl: client.logoUri,
    firstParty: client.isFirstParty,
    publisherVerified: client.isFirstParty && !isNonVerifiable(redirectUri),
    returnTarget: originOf(redirectUri) && url ? url.host : (redirectUri.split(':', 1)[0] ?? ''),
  }
}

/** How the account on the screen is called. */
export async function accountName(session: Session, ctx: Context): Promise<string> {
  const user = await ctx.store.users.find(session.userId)
  return user?.email ?? user?.username ?? user?.name ?? session.userId
}
