import { getDomain } from 'tldts'
import { isHostLabel, readUrl, type UrlParts } from './url-parts.ts'

export type AppType = 'native' | 'spa' | 'regular_web' | 'non_interactive'
export type UrlList = 'callbacks' | 'allowed_logout_urls' | 'web_origins' | 'allowed_origins' | 'initiate_login_uri'

export interface FormRules {
  appType: AppType
  /** RFC 8252 and no comfort: no `localhost`, no wildcard, http only on loopback and for native clients, custom schemes only for these, and
   *  with a dot. */
  strict?: boolean
}

export interface RegistrationRules extends FormRules {
  list: UrlList
}

export interface MatchRules extends FormRules {
  /** Auth0: `/v2/logout` leaves the query and the fragment of `returnTo` out of the comparison, and keeps them on the way. */
  ignoreQuery?: boolean
}

const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost']

/** Schemes that run script, read local files, or hand the URL to something that is not an app of the client (SEC-036). */
const forbiddenSchemes = new Set(
  (
    'javascript vbscript livescript data file blob filesystem about view-source jar chrome resource content intent ' +
    'ws wss ftp mailto tel sms urn mhtml ms-its ms-msdt search-ms'
  ).split(' '),
)

/** Undefined if the URL may be registered, else a sentence or two that say what is wrong and what is allowed. */
export function whyNotRegistrable(url: string, rules: RegistrationRules): string | undefined {
  const parts = readUrl(url)
  if (typeof parts === 'string') return parts
  return whyNotOnList(parts, rules.list) ?? whyNotForm(parts, rules)
}

/** Whether `requested` is the registered URL, byte for byte, or one of those that the registered URL stands for. */
export function matchesRegistered(requested: string, registered: string, rules: MatchRules): boolean {
  return matcherFor(requested, rules)(registered)
}

export function matchesAny(requested: string, registered: readonly string[], rules: MatchRules): boolean {
  return registered.some(matcherFor(requested, rules))
}

/** Reads `requested` once, to be held against many registered URLs. Nothing matches what could not be registered (SEC-044). */
export function matcherFor(requested: string, rules: MatchRules): (registered: string) => boolean {
  const read = readUrl(requested, { fragment: rules.ignoreQuery })
  if (typeof read === 'string' || read.host?.startsWith('*')) return () => false
  const request = rules.ignoreQuery ? { ...read, query: '' } : read
  if (whyNotForm(request, rules)) return () => false

  const wanted = request.beforeQuery + request.query
  return (registered) => {
    const known = rules.ignoreQuery ? registered.replace(/[?#].*$/s, '') : registered
    if (known === wanted) return true
    return matchesLoopback(request, known, rules) || matchesWildcard(request, known, rules)
  }
}

/**
 * Whether a browser's `Origin` is on a list of `web_origins` or `allowed_origins`. Only scheme, host and port of the
 * registered URLs count; no port freedom here, because a page's port is known when it is deployed.
 */
export function matchesAnyOrigin(origin: string, registered: readonly string[], rules: FormRules): boolean {
  const covering = coveringOrigins(origin, rules)
  if (covering.length === 0) return false
  return registered.some((url) => covering.includes(registeredOrigin(url, rules) ?? ''))
}

/** What a registered URL says about origins: an origin, or `https://*.example.com` for those one label below. Undefined: nothing. */
export function registeredOrigin(url: string, rules: FormRules): string | undefined {
  if (!url.includes('*')) return originOf(url)
  const parts = readUrl(url)
  if (typeof parts === 'string' || !parts.host?.startsWith('*')) return undefined
  const pattern = readUrl(`${parts.scheme}://${authorityOf(parts)}`)
  return typeof pattern === 'string' || whyNotForm(pattern, rules) ? undefined : pattern.beforeQuery
}

/** Each form in which a registered URL can cover a browser's `Origin`: itself, and the wildcard of its parent. None if it is no origin. */
export function coveringOrigins(origin: string, rules: FormRules): string[] {
  // A serialised origin is exactly that: with a path it did not come from a browser (RFC 6454 §6.2).
  if (originOf(origin) !== origin) return []
  const request = readUrl(origin)
  if (typeof request === 'string' || whyNotForm(request, rules)) return []
  const [, label = '', parent] = /^([^.]*)\.(.+)$/.exec(request.host ?? '') ?? []
  if (parent === undefined || !isHostLabel(label)) return [origin]
  return [origin, `${request.scheme}://${authorityOf({ ...request, host: `*.${parent}` })}`]
}

/**
 * Whether another app could receive what is sent to this URL (RFC 8252 §8.6): a custom scheme, or a port of the user's own
 * machine. Auth0: "non-verifiable callback". What cannot be read counts as such.
 */
export function isNonVerifiable(url: string): boolean {
  const parts = readUrl(url)
  if (typeof parts === 'string' || parts.scheme !== 'https') return true
  const host = parts.host?.toLowerCase() ?? ''
  return isLoopbackHost(host) || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/**
 * The origin as a browser writes it in `Origin` and as it may stand in a CSP; undefined if the URL has none, is a wildcard
 * pattern or cannot be read. Unlike WHATWG's `origin`, custom schemes have one: web views send `capacitor://localhost`.
 */
export function originOf(url: string): string | undefined {
  const parts = readUrl(url)
  if (typeof parts === 'string' || !parts.host || parts.host.startsWith('*')) return undefined
  const scheme = parts.scheme.toLowerCase()
  if (forbiddenSchemes.has(scheme)) return undefined
  return scheme === 'http' || scheme === 'https' ? new URL(url).origin : `${scheme}://${authorityOf(parts)}`
}

function whyNotOnList(parts: UrlParts, list: UrlList): string | undefined {
  if (list === 'initiate_login_uri') {
    const host = parts.host?.toLowerCase() ?? ''
    if (parts.scheme !== 'https') return 'The login URL must begin with "https://".'
    if (isLoopbackHost(host)) return 'The login URL may not be on the user\'s own machine ("localhost").'
    if (host.startsWith('*')) return 'The login URL may not have a "*".'
  }
  if ((list === 'web_origins' || list === 'allowed_origins') && !parts.host) {
    return 'An origin needs a host, as in "https://app.example.com".'
  }
  return undefined
}

/**
 * What is to be said about a URL that may be registered, because Auth0 allows it, and had better not be: it is reported when it is
 * registered, and written to the tenant's log when it is used.
 */
export function whyDoubtful(url: string, { appType }: FormRules): string | undefined {
  if (url.startsWith('https:')) return undefined // of each login, so without reading it
  const parts = readUrl(url)
  if (typeof parts === 'string') return undefined
  if (parts.scheme === 'http') {
    const isLocal = isLoopbackHost(parts.host?.replace(/^\*\./, '') ?? '')
    return isLocal ? undefined : 'Whoever is on the way can read and change what is sent by plain http. Use "https".'
  }
  if (appType === 'native') return undefined
  return `Any app on the user's device may claim the scheme "${parts.scheme}". Use "https", or make the client a native application.`
}

const plainHttpIsLocal =
  'Plain http is allowed only on the user\'s own machine: "127.0.0.1", "[::1]" or "localhost". Use "https".'

/** Which forms a client may use is decided by its type, at registration and again for every request (SEC-037). */
function whyNotForm(parts: UrlParts, rules: FormRules): string | undefined {
  const { appType, strict } = rules
  const scheme = parts.scheme.toLowerCase()
  if (forbiddenSchemes.has(scheme))
    return `The scheme "${scheme}" is never allowed. Use "https", or the app's own scheme.`
  if ((parts.path + parts.query).includes('*')) return 'A "*" may stand only in the host, as its whole left-most label.'
  if (parts.host?.startsWith('*')) return whyNotWildcard(parts, rules)
  if (scheme === 'https') return undefined
  if (scheme === 'http') return whyNotPlainHttp(parts.host ?? '', rules)

  if (!strict) return undefined
  if (appType !== 'native') return 'Only native applications may use a custom scheme here. Use "https".'
  if (!scheme.includes('.')) {
    return `The scheme "${scheme}" must be a reversed domain name of yours, such as "com.example.app" (RFC 8252 §7.1).`
  }
  return undefined
}

function whyNotPlainHttp(host: string, { appType, strict }: FormRules): string | undefined {
  if (!strict) return undefined
  if (!isLoopbackHost(host)) return plainHttpIsLocal
  if (appType !== 'native') return 'Plain http is not allowed for web applications here. Use "https".'
  if (host.endsWith('localhost')) return 'Use "127.0.0.1" or "[::1]" instead of "localhost" (RFC 8252 §8.3).'
  return undefined
}

function whyNotWildcard(parts: UrlParts, { appType, strict }: FormRules): string | undefined {
  if (appType === 'native') return 'Native applications may not use a wildcard ("*"). Register each URL.'
  if (strict) return 'Wildcards ("*") are not allowed here. Register each URL.'
  if (parts.scheme !== 'http' && parts.scheme !== 'https') return 'A wildcard ("*") needs "https".'
  const parent = parts.host?.slice(2) ?? ''
  // Private suffixes count: a stranger can get a name under github.io as easily as under co.uk (SEC-040).
  if (getDomain(parent, { allowPrivateDomains: true }) === null) {
    return 'A wildcard ("*") may stand only below a domain of your own, not directly below a public suffix such as "co.uk".'
  }
  return parts.scheme === 'http' && !isLoopbackHost(parent) ? plainHttpIsLocal : undefined
}

/**
 * A native app cannot know its port before it listens (RFC 8252 §7.3). The three hosts are never equal to each other.
 * Auth0: matches the port literally. Decided deviation from SEC-033: `localhost` has the same freedom as the literals, for
 * native clients that registered it themselves, because existing apps do; in strict mode it cannot be registered at all.
 */
function matchesLoopback(request: UrlParts, registered: string, rules: FormRules): boolean {
  const { scheme, host = '' } = request
  if (rules.appType !== 'native' || scheme !== 'http' || !loopbackHosts.includes(host)) return false
  if (!registered.startsWith(`http://${host}`)) return false // cheap, before reading
  const known = readUrl(registered)
  if (typeof known === 'string') return false
  return known.host === host && known.path === request.path && known.query === request.query
}

/** Auth0: `*` as the left-most label of a web client's URL stands for exactly one label. */
function matchesWildcard(request: UrlParts, registered: string, rules: FormRules): boolean {
  if (!registered.includes('*') || request.host === undefined) return false
  const pattern = readUrl(registered)
  if (typeof pattern === 'string' || !pattern.host?.startsWith('*') || whyNotForm(pattern, rules)) return false
  const parent = pattern.host.slice(1)
  return (
    request.host.endsWith(parent) &&
    isHostLabel(request.host.slice(0, -parent.length)) &&
    pattern.scheme === request.scheme &&
    pattern.port === request.port &&
    pattern.path === request.path &&
    pattern.query === request.query
  )
}

/** Names below `localhost` are the user's machine, too (RFC 6761 §6.3): development tenants and apps live there. */
function isLoopbackHost(host: string): boolean {
  return loopbackHosts.includes(host) || host.endsWith('.localhost')
}

function authorityOf({ host = '', port }: UrlParts): string {
  return port === '' ? host : `${host}:${port}`
}
