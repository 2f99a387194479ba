import type { Context, LogEntry } from '#context.ts'
import type { OAuthError } from '#errors.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { type Reply, redirect, withCookies } from '#http/reply.ts'
import { surroundings } from '#http/surroundings.ts'
import { type Outcome, refuseWaiting, resume } from '#oauth/authorize/authorize.ts'
import type { Ask } from '#oauth/authorize/next-step.ts'
import { respond } from '#oauth/authorize/response-modes.ts'
import type { Session } from '#users/session.ts'
import { type Open, openInteraction, saveInteraction } from './interactions.ts'
import { beginUpstreamLogin, onlyUpstream } from './upstream.ts'

const screens: Record<Ask, string> = {
  login: '/u/login',
  account: '/u/account',
  consent: '/u/consent',
  confirmation: '/u/confirm',
}

/** An authorization request has come in: answer it, or put it aside and show its user the first screen. */
export async function start(outcome: Outcome, http: HttpRequest, ctx: Context): Promise<Reply> {
  if (outcome.kind === 'answer') return respond(outcome.response, outcome.returnAddress, surroundings(http, ctx))
  // What strangers can make us keep is bounded, in rows and in bytes (SEC-298).
  const size = Math.ceil(JSON.stringify(outcome.request).length / 2048)
  ctx.limits.require('interactions', '') // or one address that is over its limit would use up everybody's
  ctx.limits.take('tenantInteractions', '', size)
  ctx.limits.take('interactions', '', size)
  const opened = await openInteraction(outcome.request, http, ctx)
  const reply = await show(outcome, opened, http, ctx)
  return withCookies(reply, opened.cookies)
}

/** Something has happened in an interaction: answer the client now, or show the next screen. */
export async function proceed(
  open: Open,
  session: Session | undefined,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply> {
  const { interaction } = open
  const outcome = await resume(interaction.request, session, interaction, ctx)
  return outcome.kind === 'answer' ? finish(outcome, open, http, ctx) : show(outcome, open, http, ctx)
}

/** The user, or their identity provider, said no: the client hears it (RFC 6749 §4.1.2.1). */
export async function giveUp(
  error: OAuthError,
  open: Open,
  http: HttpRequest,
  ctx: Context,
  about?: Partial<LogEntry>,
): Promise<Reply> {
  const outcome = await refuseWaiting(error, open.interaction.request, ctx, about)
  return outcome.kind === 'answer' ? finish(outcome, open, http, ctx) : show(outcome, open, http, ctx)
}

async function finish(
  outcome: Outcome & { kind: 'answer' },
  open: Open,
  http: HttpRequest,
  ctx: Context,
): Promise<Reply> {
  await saveInteraction({ ...open.interaction, completedAt: ctx.now() }, ctx)
  const around = surroundings(http, ctx, open.interaction.request.uiLocales)
  return respond(outcome.response, outcome.returnAddress, around)
}

async function show(outcome: Outcome & { kind: 'ask' }, open: Open, http: HttpRequest, ctx: Context): Promise<Reply> {
  // Whoever has just come back from there and is not who the app wants would come back for ever.
  if (outcome.what === 'login' && !open.interaction.authenticated) {
    const connection = await onlyUpstream(outcome.request, outcome.client, ctx)
    if (connection) return beginUpstreamLogin(connection, open, http, ctx)
  }
  return redirect(`${screens[outcome.what]}?state=${open.state}`)
}
