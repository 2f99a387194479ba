import type { Context } from '#context.ts'
import { digest, equalInConstantTime } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'
import { OAuthError } from '#errors.ts'
import { serializeCookie } from '#http/cookies.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { isWithinForeignPage } from '#http/foreign-form.ts'
import type { AuthorizationRequest } from '#oauth/authorize/authorization-request.ts'
import { parameter } from '#parameters.ts'
import type { Session } from '#users/session.ts'
import { cookieNames } from '#users/session-cookies.ts'
import type { Agreement, Interaction } from './interaction.ts'

/** Milliseconds a user may take: long enough for lunch, short enough for a shared computer. */
const lifetime = 3_600_000

/** An interaction together with the `state` that names it in our URLs, which only this browser has. */
export interface Open {
  state: string
  interaction: Interaction
  browser: string
}

/** Puts an authorization request aside while its user does something. */
export async function openInteraction(
  request: AuthorizationRequest,
  http: Pick<HttpRequest, 'cookies' | 'headers'>,
  ctx: Context,
): Promise<Open & { cookies: string[] }> {
  const names = cookieNames(ctx.tenant)
  const known = http.cookies.get(names.browser)
  const browser = known?.length === 43 ? known : randomToken(ctx.random)
  const state = randomToken(ctx.random)
  const now = ctx.now()
  const interaction: Interaction = {
    idDigest: digest(state),
    version: 0,
    browserDigest: digest(browser),
    request,
    createdAt: now,
    expiresAt: now + lifetime,
  }
  await ctx.store.interactions.create(interaction)
  // A picture on another site's page shows us no cookie, and must not make the browser lose the one that it has.
  const keeps = browser === known || isWithinForeignPage(http)
  const cookies = keeps ? [] : [serializeCookie(names.browser, browser, { secure: names.secure, sameSite: 'Lax' })]
  return { state, interaction, browser, cookies }
}

/** The interaction named by `state`, if it is this browser's and still waiting or just done. @throws OAuthError that becomes a page */
export async function findInteraction(http: HttpRequest, ctx: Context): Promise<Open> {
  const state = parameter(http.query, 'state') ?? parameter(http.body, 'state')
  const browser = http.cookies.get(cookieNames(ctx.tenant).browser)
  const interaction = state?.length === 43 ? await ctx.store.interactions.find(digest(state), ctx.now()) : undefined
  if (!state || !interaction || !browser || !equalInConstantTime(digest(browser), interaction.browserDigest))
    throw expired()
  return { state, interaction, browser }
}

/** Unknown, expired, and another browser's: one answer. */
export const expired = (): OAuthError =>
  new OAuthError('invalid_request', 'This sign-in has expired or was started in another browser.', {
    detail: { kind: 'expired' },
  })

/** The interaction after a yes of the account on the screen. What another account agreed to before is forgotten. */
export function agreeing({ interaction }: Open, yes: Omit<Agreement, 'sid'>, { sid }: Session): Interaction {
  const before = interaction.agreed?.sid === sid ? interaction.agreed : undefined
  return { ...interaction, agreed: { ...before, ...yes, sid } }
}

/** Writes it back. @throws OAuthError if another tab was faster */
export async function saveInteraction(interaction: Interaction, ctx: Context): Promise<Interaction> {
  if (!(await ctx.store.interactions.update(interaction))) throw expired()
  return { ...interaction, version: interaction.version + 1 }
}

const purpose = (ctx: Context) => `form:${ctx.tenant.id}`
const bound = ({ interaction, browser }: Open, session: Session | undefined) =>
  `${interaction.idDigest}.${browser}.${session?.sid ?? ''}`

/** Hidden fields of every form: they belong to this request, this browser and the account on the screen (SEC-166, SEC-168). */
export const formFields = (open: Open, session: Session | undefined, ctx: Context): Record<string, string> => ({
  state: open.state,
  csrf: ctx.sealer.mac(bound(open, session), purpose(ctx)),
})

/** @throws OAuthError 403 for a form that did not come from the page we showed */
export function requireOwnForm(http: HttpRequest, open: Open, session: Session | undefined, ctx: Context): void {
  requireSameOrigin(http, ctx)
  const token = parameter(http.body, 'csrf') ?? ''
  if (!ctx.sealer.checkMac(bound(open, session), purpose(ctx), token)) throw forged()
}

/** Browsers tell where a form came from; `null` is what they say under `Referrer-Policy: no-referrer`. */
export function requireSameOrigin({ headers }: HttpRequest, ctx: Context): void {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw forged()
  const { origin } = headers
  if (origin !== undefined && origin !== 'null' && `${origin}/` !== ctx.tenant.issuer) throw forged()
}

const forged = () =>
  new OAuthError('access_denied', 'This form was not sent from our own page. Go back and try again.', {
    status: 403,
    detail: { kind: 'expired' },
  })
