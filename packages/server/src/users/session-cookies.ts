import type { Tenant } from '#tenants/tenant.ts'

/**
 * Names of our cookies. With https they carry `__Host-`, so that no sibling domain can plant or shadow them (SEC-155, SEC-157).
 * Browsers give plain http no such promise, so there, on a developer's machine, the names differ.
 */
export function cookieNames(tenant: Tenant): {
  session: string
  silent: string
  browser: string
  known: string
  secure: boolean
} {
  const secure = tenant.issuer.startsWith('https:')
  const prefix = secure ? '__Host-' : ''
  return {
    /** Single sign-on. SameSite=Lax. */
    session: `${prefix}keywright`,
    /** The same session for silent renewal in a frame of another site: SameSite=None, good for `prompt=none` only (SEC-156). */
    silent: `${prefix}keywright-silent`,
    /** Ties a waiting request to the browser that started it (SEC-019). */
    browser: `${prefix}keywright-browser`,
    /** Tells who has signed in here before, so that guessers elsewhere cannot keep them out (SEC-196). It signs nobody in. */
    known: `${prefix}keywright-known`,
    secure,
  }
}
