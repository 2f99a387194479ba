import { getDomain } from 'tldts'

/** What made the browser send a request, as far as cookies care (RFC 6265bis §5.2). */
export interface Initiator {
  /** The page that did it, by any of its URLs; undefined: the user, who typed the address. */
  page?: string
  /** `link` and `form` replace the page, `frame` and `image` stay within it. */
  how?: 'link' | 'form' | 'frame' | 'image'
}

export const typed: Initiator = {}

export interface Sent {
  url: string
  method: string
  by: Initiator
}

interface Cookie {
  value: string
  host: string
  /** It came with `Domain`: for the hosts below, too. */
  domain: boolean
  path: string
  secure: boolean
  sameSite: 'strict' | 'lax' | 'none' | undefined
  createdAt: number
  expiresAt: number
}

/** How long a cookie without `SameSite` still goes with another site's form, which "Lax" ones do not (Chromium's "Lax + POST"). */
const laxGrace = 120_000

/**
 * The cookies of one browser, kept and sent as Chromium does; `cookie-jar.test.ts` holds it to that. To tests it is a map from
 * names to values. What a test puts in by name is a cookie as the server at `home` would set it, without `SameSite=None`.
 */
export class CookieJar implements Iterable<[string, string]> {
  readonly #cookies = new Map<string, Cookie & { name: string }>()
  readonly #home: URL
  readonly #now: () => number

  constructor(home: string, now: () => number = Date.now) {
    this.#home = new URL(home)
    this.#now = now
  }

  /** Reads one `Set-Cookie` of the answer to what was sent. */
  keep(line: string, { url, by }: Pick<Sent, 'url' | 'by'>): void {
    const from = new URL(url)
    const read = parseSetCookie(line, from, this.#now())
    if (!read || !isAcceptable(read, from)) return
    // Whatever says that it is for this site only is not taken from within another site's page.
    if (isEmbedded(by) && isForeign(url, by) && read.sameSite !== 'none') return
    const key = `${read.host}\n${read.path}\n${read.name}`
    const createdAt = this.#cookies.get(key)?.createdAt ?? read.createdAt
    if (read.expiresAt <= this.#now()) this.#cookies.delete(key)
    else this.#cookies.set(key, { ...read, createdAt })
  }

  /** The `Cookie` header; undefined if there is none to send. */
  headerFor(sent: Sent): string | undefined {
    const url = new URL(sent.url)
    const fitting = this.#alive()
      .filter((cookie) => fits(cookie, url) && this.#mayGo(cookie, sent))
      .toSorted((a, b) => b.path.length - a.path.length || a.createdAt - b.createdAt)
    return fitting.length > 0 ? fitting.map(({ name, value }) => `${name}=${value}`).join('; ') : undefined
  }

  #mayGo(cookie: Cookie, { url, by, method }: Sent): boolean {
    if (!isForeign(url, by) || cookie.sameSite === 'none') return true
    if (isEmbedded(by) || cookie.sameSite === 'strict') return false
    if (method === 'GET') return true
    return cookie.sameSite === undefined && this.#now() - cookie.createdAt < laxGrace
  }

  #alive() {
    const now = this.#now()
    return [...this.#cookies.values()].filter(({ expiresAt }) => now < expiresAt)
  }

  get size(): number {
    return this.#alive().length
  }

  get(name: string): string | undefined {
    return this.#alive().find((cookie) => cookie.name === name)?.value
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  set(name: string, value: string): this {
    this.delete(name)
    const secure = this.#home.protocol === 'https:' ? '; Secure' : ''
    this.keep(`${name}=${value}; Path=/; SameSite=Lax${secure}`, { url: this.#home.href, by: typed })
    return this
  }

  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key)
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (const { name, value } of this.#alive()) yield [name, value]
  }

  values(): string[] {
    return this.#alive().map(({ value }) => value)
  }
}

/** `Sec-Fetch-*` and `Origin`, as browsers say them (Fetch Metadata §2). */
export function fetchHeaders({ url, method, by }: Sent): Record<string, string> {
  const headers: Record<string, string> = {
    'sec-fetch-site': fetchSite(url, by),
    'sec-fetch-mode': by.how === 'image' ? 'no-cors' : 'navigate',
    'sec-fetch-dest': by.how === 'image' ? 'image' : by.how === 'frame' ? 'iframe' : 'document',
  }
  if (method === 'GET') return headers
  // Our own pages have the policy `no-referrer`, and then browsers write `null`.
  return { ...headers, origin: fetchSite(url, by) === 'same-origin' ? 'null' : new URL(by.page ?? url).origin }
}

function fetchSite(url: string, { page }: Initiator): string {
  if (page === undefined) return 'none'
  if (new URL(url).origin === new URL(page).origin) return 'same-origin'
  return siteOf(url) === siteOf(page) ? 'same-site' : 'cross-site'
}

const isEmbedded = ({ how }: Initiator) => how === 'frame' || how === 'image'
const isForeign = (url: string, { page }: Initiator) => page !== undefined && siteOf(page) !== siteOf(url)

/** Scheme and registrable domain; ports do not matter to it (HTML, "schemelessly same site" and "same site"). */
function siteOf(url: string): string {
  const { protocol, hostname } = new URL(url)
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`
}

/** Browsers trust the user's own machine like https. */
const isTrustworthy = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || /^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname)

const fits = (cookie: Cookie, url: URL): boolean =>
  (cookie.host === url.hostname || (cookie.domain && url.hostname.endsWith(`.${cookie.host}`))) &&
  (url.pathname === cookie.path || url.pathname.startsWith(cookie.path.replace(/\/?$/, '/'))) &&
  (!cookie.secure || isTrustworthy(url))

/** What the line claims must be possible for who sent it, and what its name promises must be kept (RFC 6265bis §4.1.3, §5.7). */
function isAcceptable(cookie: Cookie & { name: string }, from: URL): boolean {
  if (cookie.domain && from.hostname !== cookie.host && !from.hostname.endsWith(`.${cookie.host}`)) return false
  if (cookie.secure && !isTrustworthy(from)) return false
  if (cookie.sameSite === 'none' && !cookie.secure) return false
  const name = cookie.name.toLowerCase()
  if (name.startsWith('__secure-')) return cookie.secure
  return !name.startsWith('__host-') || (cookie.secure && !cookie.domain && cookie.path === '/')
}

function parseSetCookie(line: string, from: URL, now: number): (Cookie & { name: string }) | undefined {
  const [pair = '', ...rest] = line.split(';')
  const equals = pair.indexOf('=')
  if (equals < 1) return undefined
  const attributes = new Map(
    rest.map((attribute) => {
      const [name = '', ...value] = attribute.split('=')
      return [name.trim().toLowerCase(), value.join('=').trim()] as const
    }),
  )
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase()
  const path = attributes.get('path')
  const sameSite = attributes.get('samesite')?.toLowerCase()
  return {
    name: pair.slice(0, equals).trim(),
    value: pair.slice(equals + 1).trim(),
    host: domain || from.hostname,
    domain: Boolean(domain),
    path: path?.startsWith('/') ? path : from.pathname.replace(/\/[^/]*$/, '') || '/',
    secure: attributes.has('secure'),
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : undefined,
    createdAt: now,
    expiresAt: expiry(attributes, now),
  }
}

/** `Max-Age` beats `Expires` (RFC 6265bis §5.7). */
function expiry(attributes: ReadonlyMap<string, string>, now: number): number {
  const maxAge = attributes.get('max-age')
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1000
  const date = Date.parse(attributes.get('expires') ?? '')
  return Number.isNaN(date) ? Number.POSITIVE_INFINITY : date
}
