import type { Client } from '#clients/client.ts'
import { isNonVerifiable } from '#clients/registered-url.ts'
import type { Context } from '#context.ts'
import { type Endpoint, endpoint, type HttpRequest, type Method } from '#http/endpoint.ts'
import { html, type Reply } from '#http/reply.ts'
import { surroundings } from '#http/surroundings.ts'
import { alreadyCompletedPage } from '#pages/already-completed-page.ts'
import { embeddedBrowserPage } from '#pages/embedded-browser-page.ts'
import type { Page, Requester, Surroundings, WayBack } from '#pages/page.ts'
import { wayTo } from '#pages/way-back.ts'
import type { Session } from '#users/session.ts'
import { currentSession } from './current-session.ts'
import { expired, findInteraction, type Open } from './interactions.ts'
import { onlyUpstream } from './upstream.ts'

/** What every screen needs: the waiting request, the app that waits, and who is here. */
export interface Screen {
  open: Open
  client: Client
  session: Session | undefined
  around: Surroundings
}

/** A door to a screen: opens only while the request behind it still waits for its user. */
export const screenDoor = (door: {
  method: Method
  path: string
  summary: string
  handle: (screen: Screen, http: HttpRequest, ctx: Context) => Promise<Reply>
}): Endpoint =>
  endpoint({
    methods: [door.method],
    path: door.path,
    summary: door.summary,
    errors: 'page',
    cors: 'none',
    async handle(http, ctx) {
      const screen = await openScreen(http, ctx)
      return 'instead' in screen ? screen.instead : door.handle(screen, http, ctx)
    },
  })

/** @returns a page instead where the screen makes no sense any more */
async function openScreen(http: HttpRequest, ctx: Context): Promise<Screen | { instead: Reply }> {
  const [open, session] = await Promise.all([findInteraction(http, ctx), currentSession(http, ctx)])
  const { interaction } = open
  const client = await ctx.store.clients.find(interaction.request.returnAddress.clientId)
  if (!client) throw expired()
  const around = surroundings(http, ctx, interaction.request.uiLocales)
  if (interaction.completedAt !== undefined) {
    const page = alreadyCompletedPage({ clientName: client.name, continueHref: `/u/again?state=${open.state}` }, around)
    return { instead: html(page, { status: 409 }) }
  }
  if (ctx.tenant.settings.flags.refuseEmbeddedBrowsers && isEmbedded(ctx.caller.userAgent))
    return { instead: html(embeddedBrowserPage({ clientName: client.name }, around), { status: 403 }) }
  return { open, client, session, around }
}

/** Android marks web views with `; wv`; on iOS only real browsers name themselves after `Mobile/…` (RFC 8252 §8.12, SEC-047). */
const isEmbedded = (userAgent: string): boolean =>
  /; wv\)/.test(userAgent) ||
  (/(iPhone|iPad|iPod).*AppleWebKit/.test(userAgent) && !/Safari|CriOS|FxiOS|EdgiOS/.test(userAgent))

/** A screen's answer. In the popup of a web_message request the opener must stay reachable, or the app never hears of it. */
export function render({ open }: Screen, page: Page, status = 200): Reply {
  const keepsOpener = open.interaction.request.returnAddress.responseMode === 'web_message'
  return html(page, { status, keepsOpener })
}

/** The form's answer may lead out of our origin, perhaps out of the browser: its CSP and its words depend on it (SEC-171). */
export function wayBack({ client, open }: Screen): WayBack {
  const { redirectUri, responseMode } = open.interaction.request.returnAddress
  const isPage = responseMode === 'form_post' || responseMode === 'web_message'
  return { clientName: client.name, ...wayTo(isPage ? undefined : redirectUri) }
}

/** As `wayBack`, for a screen whose user may have to sign in again after it: where there is but one provider, straight there. */
export async function wayBackOrUpstream(screen: Screen, ctx: Context): Promise<WayBack> {
  const back = wayBack(screen)
  const { interaction } = screen.open
  if (back.returnTargets === 'anywhere' || interaction.authenticated) return back
  return (await onlyUpstream(interaction.request, screen.client, ctx)) ? { ...back, returnTargets: 'anywhere' } : back
}

const isOnThisComputer = (url: string) => /^http:\/\/(?:127(?:\.\d+){3}|localhost|\[::1\])(?:[:/?]|$)/i.test(url)

const isWeb = (url: string) => /^https?:\/\//.test(url)

/** Who asks, and where the answer goes: a name alone proves nothing (SEC-048). */
export function requester({ client, open }: Screen): Requester {
  const { redirectUri } = open.interaction.request.returnAddress
  const url = URL.parse(redirectUri)
  return {
    clientName: client.name,
    clientLogoUrl: client.logoUri,
    firstParty: client.isFirstParty,
    publisherVerified: client.isFirstParty && !isNonVerifiable(redirectUri),
    onThisComputer: isOnThisComputer(redirectUri),
    returnTarget: isWeb(redirectUri) && url ? url.host : (redirectUri.split(':', 1)[0] ?? ''),
  }
}

/** How the account on the screen is called. */
export async function accountName(session: Session, ctx: Context): Promise<string> {
  const user = await ctx.store.users.find(session.userId)
  return user?.email ?? user?.username ?? user?.name ?? session.userId
}
