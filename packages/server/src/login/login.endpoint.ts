import type { Connection } from '#connections/connection.ts'
import { verifyPassword } from '#connections/database/verify-password.ts'
import type { Context } from '#context.ts'
import { Overloaded } from '#crypto/password-kdf.ts'
import { OAuthError } from '#errors.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { type Reply, withCookies } from '#http/reply.ts'
import { whyMayNotUse } from '#oauth/may-use-client.ts'
import { type LoginError, loginPage } from '#pages/login-page.ts'
import { parameter } from '#parameters.ts'
import { giveUp } from './continue.ts'
import { finishLogin } from './finish-login.ts'
import { formFields, requireOwnForm } from './interactions.ts'
import { knownBrowser, rememberBrowser } from './known-browser.ts'
import { render, type Screen, screenDoor, wayBack } from './screen.ts'
import { offeredConnections } from './upstream.ts'
import { upstreamFailure } from './upstream-trouble.ts'

const path = '/u/login'

export const showLogin = screenDoor({
  method: 'GET',
  path,
  summary: 'The sign-in page',
  async handle(screen, http, ctx) {
    return show(screen, { error: upstreamFailure(http) ?? (await whyNotThisAccount(screen, ctx)) }, ctx)
  },
})

export const submitLogin = screenDoor({
  method: 'POST',
  path,
  summary: 'Checks the password, or gives up',
  async handle(screen, http, ctx) {
    requireOwnForm(http, screen.open, undefined, ctx)
    if (parameter(http.body, 'action') === 'cancel')
      return giveUp(new OAuthError('access_denied', 'User cancelled the sign-in'), screen.open, http, ctx)
    return signIn(screen, http, ctx)
  },
})

/** Whoever is signed in and still asked for a sign-in wants to know why, or would try the same account again. */
async function whyNotThisAccount({ open, client, session }: Screen, ctx: Context): Promise<LoginError | undefined> {
  if (!session) return undefined
  const { subjectHint } = open.interaction.request
  if (subjectHint !== undefined && subjectHint !== session.userId) return 'other-account'
  const user = await ctx.store.users.find(session.userId)
  return user && (await whyMayNotUse(user, client, ctx)) === 'not-enabled' ? 'account-not-enabled' : undefined
}

async function signIn(screen: Screen, http: HttpRequest, ctx: Context): Promise<Reply> {
  // Empty values are absent elsewhere; a password is taken as it comes.
  const username = (http.body.values.get('username') ?? '').slice(0, 320)
  const password = http.body.values.get('password') ?? ''
  const { database } = await offeredConnections(screen.open.interaction.request, screen.client, ctx)
  if (!database || !username.trim() || !password) return show(screen, { username, error: 'missing-fields' }, ctx)
  const name = { connection: database.name, username }
  const { client } = screen
  const browser = { knownBrowser: knownBrowser(name, http, ctx), work: parameter(http.body, 'work') }
  try {
    // Changed while it was compared, a password is compared once more, with what it is now.
    for (let round = 0; round < 3; round++) {
      const verdict = await verifyPassword({ connection: database, username, password, client, ...browser }, ctx)
      if ('refused' in verdict) {
        const work = 'challenge' in verdict ? verdict.challenge : undefined
        return await show(screen, { username, error: verdict.refused, work }, ctx)
      }
      const proof = { connection: database.name, amr: ['pwd'], onOurPage: true, passwordHash: verdict.passwordHash }
      const reply = await finishLogin(verdict.user, proof, screen.open, http, ctx)
      if (reply) return withCookies(reply, [rememberBrowser(name, http, ctx)])
    }
    return await show(screen, { username, error: 'wrong-credentials' }, ctx)
  } catch (error) {
    if (error instanceof Overloaded) return show(screen, { username, error: 'overloaded' }, ctx)
    throw error
  }
}

const statuses: Partial<Record<LoginError, number>> = {
  'account-not-enabled': 200,
  'other-account': 200,
  'too-many-attempts': 429,
  'work-needed': 429,
  overloaded: 503,
}

async function show(
  screen: Screen,
  shown: { username?: string; error?: LoginError; work?: string },
  ctx: Context,
): Promise<Reply> {
  const { request } = screen.open.interaction
  const { database, upstream } = await offeredConnections(request, screen.client, ctx)
  const page = loginPage(
    {
      ...wayBack(screen),
      action: path,
      // Not bound to a session: who signs in here is nobody yet, or somebody else.
      hidden: formFields(screen.open, undefined, ctx),
      username: shown.username ?? request.loginHint,
      error: shown.error,
      work: shown.work,
      connections: upstream.map((connection) => button(connection, screen.open.state)),
      showPasswordForm: database !== undefined,
      withUsernames: database?.options.requires_username === true,
    },
    screen.around,
  )
  const reply = render(screen, page, shown.error ? (statuses[shown.error] ?? 400) : 200)
  // Whoever cannot do the work waits until the hour that counts is over.
  return shown.work ? { ...reply, headers: { ...reply.headers, 'retry-after': '3600' } } : reply
}

const button = (connection: Connection, state: string) => ({
  name: connection.name,
  displayName: connection.displayName ?? connection.name,
  href: `/u/connection?state=${state}&connection=${encodeURIComponent(connection.name)}`,
  iconUrl: typeof connection.options.icon_url === 'string' ? connection.options.icon_url : undefined,
})
