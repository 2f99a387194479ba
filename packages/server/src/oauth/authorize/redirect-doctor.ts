import { type AppType, matcherFor, matchesAny } from '#clients/registered-url.ts'
import { toLooseUrl } from './loose-url.ts'
import { cleanUp, type Difference, differencesBetween, quote, whyStillRefused } from './url-differences.ts'

export interface Diagnosis {
  /** The registered callback that differs least; undefined only if the client has none. */
  nearest?: string
  differences: Difference[]
  /** The requested URL is an allowed logout URL of the client. */
  isLogoutUrl: boolean
  /** The requested URL would be right for this one. For the tenant's eyes only. */
  otherClient?: { clientId: string; name: string }
  /** One English sentence of printable ASCII, for the log and, in development, the error page (which must escape it). */
  summary: string
}

interface Patient {
  clientId: string
  name: string
  callbacks: readonly string[]
  allowedLogoutUrls: readonly string[]
  appType: AppType
  strict?: boolean
}

interface OtherClient {
  clientId: string
  name: string
  callbacks: readonly string[]
}

// A hostile request must not buy much work: these are far above what a person registers or a browser sends.
const longestRequest = 2048
const mostCallbacks = 500
const mostOtherUrls = 20_000

/** Why a redirect_uri was refused: the nearest registered URL and exactly what differs. Decides nothing. */
export function diagnoseRedirectUri(
  requested: string,
  client: Patient,
  otherClients: readonly OtherClient[] = [],
): Diagnosis {
  const { nearest, differences } = findNearest(requested.slice(0, longestRequest), client)
  const isLogoutUrl = matchesAny(requested, client.allowedLogoutUrls, client)
  const otherClient = findOtherClient(
    requested,
    otherClients.filter(({ clientId }) => clientId !== client.clientId),
  )
  const summary = summarise(nearest, differences, isLogoutUrl, otherClient)
  return { nearest, differences, isLogoutUrl, otherClient, summary }
}

function findNearest(requested: string, client: Patient): Pick<Diagnosis, 'nearest' | 'differences'> {
  const { url, differences: flaws } = cleanUp(requested)
  let best: { nearest?: string; differences: Difference[]; distance: number } = {
    differences: flaws,
    distance: Infinity,
  }
  for (const registered of client.callbacks.slice(0, mostCallbacks)) {
    const between = differencesBetween(url, toLooseUrl(registered), client.appType)
    const distance = between.reduce((sum, { weight }) => sum + weight, 0)
    if (distance < best.distance) best = { nearest: registered, differences: [...flaws, ...between], distance }
  }
  const { nearest, differences } = best
  if (nearest === undefined || differences.length > 0) return { nearest, differences }
  return { nearest, differences: [whyStillRefused(requested, nearest, client.appType, client.strict)] }
}

/** Whose callback it is. */
export function findOtherClient(requested: string, others: readonly OtherClient[]): Diagnosis['otherClient'] {
  // Its type is not known here; as native and as web covers all that it might be.
  const asNative = matcherFor(requested, { appType: 'native' })
  const asWeb = matcherFor(requested, { appType: 'regular_web' })
  let looked = 0
  for (const { clientId, name, callbacks } of others) {
    looked += callbacks.length
    if (looked > mostOtherUrls) return undefined
    if (callbacks.some((registered) => asNative(registered) || asWeb(registered))) return { clientId, name }
  }
  return undefined
}

function summarise(
  nearest: string | undefined,
  differences: Difference[],
  isLogoutUrl: boolean,
  otherClient: Diagnosis['otherClient'],
): string {
  const findings = []
  if (isLogoutUrl) findings.push('it is an allowed logout URL of this application, not a callback URL')
  if (otherClient) {
    findings.push(
      `it is registered for another application, ${quote(otherClient.name)} (${quote(otherClient.clientId)})`,
    )
  }
  if (nearest === undefined) findings.push('this application has no callback URL registered')
  const clauses = differences.map(({ says }) => says).join('; ')
  const where = nearest === undefined ? clauses : `the nearest registered URL is ${quote(nearest)}, but ${clauses}`
  if (where !== '') findings.push(where)
  return `The redirect_uri was refused: ${findings.join('; ')}.`
}
