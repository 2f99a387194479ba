import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { type CookieAttributes, serializeCookie } from '#http/cookies.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import type { Session } from '#users/session.ts'
import { cookieNames } from '#users/session-cookies.ts'

/**
 * The session of this browser, if it is alive.
 * @param silently whether nothing will be shown: only then does the cookie that other sites' frames carry count
 */
export async function currentSession(
  { cookies }: Pick<HttpRequest, 'cookies'>,
  ctx: Context,
  silently = false,
): Promise<Session | undefined> {
  const names = cookieNames(ctx.tenant)
  const kind = silently && !cookies.has(names.session) ? 'silent' : 'main'
  const value = cookies.get(kind === 'main' ? names.session : names.silent)
  // Ours are 43 characters; anything else need not be looked up.
  return value?.length === 43 ? ctx.store.sessions.findByCookie(kind, digest(value), ctx.now()) : undefined
}

/** Set-Cookie lines for a session just opened. */
export function sessionCookies(values: { main: string; silent: string }, ctx: Context): string[] {
  const names = cookieNames(ctx.tenant)
  const { sessionCookie, sessionLifetime } = ctx.tenant.settings
  const attributes: CookieAttributes = {
    secure: names.secure,
    sameSite: 'Lax',
    maxAge: sessionCookie.mode === 'persistent' ? Math.round(sessionLifetime * 3600) : undefined,
  }
  const cookies = [serializeCookie(names.session, values.main, attributes)]
  // SameSite=None without Secure would be dropped by browsers.
  if (names.secure) cookies.push(serializeCookie(names.silent, values.silent, { ...attributes, sameSite: 'None' }))
  return cookies
}

/**
 * Set-Cookie lines that forget the session. None for a browser that has not shown its main cookie: an image on a foreign page does
 * not carry it, and must not make the browser lose the silent one (SEC-311).
 */
export function forgetSession(http: Pick<HttpRequest, 'cookies'>, ctx: Context): string[] {
  const names = cookieNames(ctx.tenant)
  if (!http.cookies.has(names.session)) return []
  const gone = { secure: names.secure, maxAge: 0 }
  const cookies = [serializeCookie(names.session, '', { ...gone, sameSite: 'Lax' })]
  if (names.secure) cookies.push(serializeCookie(names.silent, '', { ...gone, sameSite: 'None' }))
  return cookies
}
