import { contentSecurityPolicy } from '#pages/csp.ts'
import type { Page } from '#pages/page.ts'

/** What a door answers. `listen.ts` adds the headers that every answer carries. */
export interface Reply {
  status: number
  headers: Record<string, string>
  cookies: string[]
  body: string | Buffer
}

/** `no-store` by default: only what says so may be cached (SEC-321). */
export const json = (value: unknown, options: { status?: number; headers?: Record<string, string> } = {}): Reply => ({
  status: options.status ?? 200,
  headers: { 'content-type': 'application/json; charset=utf-8', ...options.headers },
  cookies: [],
  body: typeof value === 'string' ? value : JSON.stringify(value),
})

export const text = (body: string, options: { status?: number; headers?: Record<string, string> } = {}): Reply => ({
  status: options.status ?? 200,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...options.headers },
  cookies: [],
  body,
})

/** No body and no Content-Type: oidc-client-ts refuses a text one on `/oauth/revoke`. */
export const empty = (status: number, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  cookies: [],
  body: '',
})

/** 302 and never 307: a form that carried a password must not be sent on (SEC-010). */
export const redirect = (location: string, cookies: string[] = []): Reply => ({
  status: 302,
  headers: { location },
  cookies,
  body: '',
})

/** @param options.keepsOpener the page runs in a popup whose opener waits for a message */
export function html(page: Page, options: { status?: number; cookies?: string[]; keepsOpener?: boolean } = {}): Reply {
  const framable = page.csp.frameAncestors.length > 0
  const headers: Record<string, string> = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy(page.csp),
    'x-robots-tag': 'noindex, nofollow',
  }
  if (!framable) {
    headers['x-frame-options'] = 'DENY'
    if (!options.keepsOpener) headers['cross-origin-opener-policy'] = 'same-origin'
  }
  return { status: options.status ?? 200, headers, cookies: options.cookies ?? [], body: page.html }
}

export const withCookies = (reply: Reply, cookies: string[]): Reply =>
  cookies.length === 0 ? reply : { ...reply, cookies: [...reply.cookies, ...cookies] }
