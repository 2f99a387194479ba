import { type AppType, whyNotRegistrable } from '#clients/registered-url.ts'
import { type LooseUrl, toLooseUrl } from './loose-url.ts'

/** One thing in which a requested URL differs from a registered one. */
export interface Difference {
  kind: DifferenceKind
  requested: string
  registered: string
  /** A clause of an English sentence, printable ASCII whatever was requested. */
  says: string
  /** How far apart: 1 is a slip, 10 and more another place. */
  weight: number
}

export type DifferenceKind =
  | 'scheme-case'
  | 'http-https'
  | 'scheme'
  | 'user-info'
  | 'host-case'
  | 'loopback-name'
  | 'www'
  | 'look-alike'
  | 'wildcard'
  | 'wildcard-native'
  | 'host'
  | 'port'
  | 'trailing-slash'
  | 'path-case'
  | 'path'
  | 'query'
  | 'fragment'
  | 'encoding'
  | 'white-space'
  | 'backslash'
  | 'client-type'
  | 'spelling'

const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost']

/** What is wrong with `requested` however it is compared, and the URL that is left when that is put right. */
export function cleanUp(requested: string): { url: LooseUrl; differences: Difference[] } {
  const differences: Difference[] = []
  let text = requested
  const put = (kind: DifferenceKind, better: string, says: string) => {
    if (better !== text) differences.push({ kind, requested: text, registered: better, says, weight: 1 })
    text = better
  }
  put('white-space', text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ''), 'it contains white space or invisible characters')
  put('backslash', text.replaceAll('\\', '/'), 'it contains a backslash instead of a slash')
  const encodedWhole = /^[a-z][a-z0-9+.-]*%(?:25)*3a/i.test(text)
  put('encoding', encodedWhole ? decoded(text) : text, 'it is percent-encoded once more than it should be')

  const url = toLooseUrl(text)
  if (url.userinfo !== '') {
    const says = 'a user name or password stands before the host, which is never allowed'
    differences.push({ kind: 'user-info', requested: '...@', registered: '', says, weight: 3 })
  }
  if (url.fragment !== '') {
    const says = `it has the fragment ${quote(url.fragment)}, which is never allowed`
    differences.push({ kind: 'fragment', requested: url.fragment, registered: '', says, weight: 1 })
  }
  return { url, differences }
}

/** In what a cleaned-up URL differs from a registered one; none, if the registered one stands for it. */
export function differencesBetween(requested: LooseUrl, registered: LooseUrl, appType: AppType): Difference[] {
  return [
    ...schemeDifferences(requested.scheme, registered.scheme),
    ...hostDifferences(requested.host, registered.host, appType),
    ...portDifferences(requested, registered, appType),
    ...pathDifferences(requested.path, registered.path),
    ...queryDifferences(requested.query, registered.query),
  ]
}

/** For two URLs without a difference that were refused all the same: by the client's type, or for their spelling. */
export function whyStillRefused(requested: string, registered: string, appType: AppType, strict?: boolean): Difference {
  const why = whyNotRegistrable(requested, { appType, strict, list: 'callbacks' }) ?? 'It is written differently.'
  const says = `its form is refused: ${why.replace(/\.$/, '').replaceAll('. ', '; ')}`
  return { kind: requested === registered ? 'client-type' : 'spelling', requested, registered, says, weight: 1 }
}

/** Safe to log and to show: one line of printable ASCII, in which look-alike letters become visible. */
export function quote(text: string): string {
  if (text === '') return 'nothing'
  const short = text.length > 120 ? `${text.slice(0, 117)}...` : text
  return `"${short.replace(/[^\x20-\x7e]|["\\]/gu, (character) =>
    character === '"' || character === '\\' ? `\\${character}` : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )}"`
}

function difference(
  kind: DifferenceKind,
  weight: number,
  requested: string,
  registered: string,
  says: string,
): Difference[] {
  return [{ kind, requested, registered, says, weight }]
}

function schemeDifferences(requested: string, registered: string): Difference[] {
  if (requested === registered) return []
  const says = `the scheme is ${quote(requested)} instead of ${quote(registered)}`
  if (requested.toLowerCase() === registered.toLowerCase())
    return difference('scheme-case', 1, requested, registered, says)
  const web = [requested, registered].every((scheme) => /^https?$/i.test(scheme))
  if (web) return difference('http-https', 2, requested, registered, says)
  return difference('scheme', 8 + 6 * unlikeness(requested, registered), requested, registered, says)
}

function hostDifferences(requested: string, registered: string, appType: AppType): Difference[] {
  if (requested === registered) return []
  if (registered.startsWith('*.')) return wildcardDifferences(requested, registered, appType)
  const says = `the host is ${quote(requested)} instead of ${quote(registered)}`
  const [asked, known] = [requested.toLowerCase(), registered.toLowerCase()]
  if (asked === known) return difference('host-case', 1, requested, registered, `${says}, and letter case counts`)
  if (loopbackHosts.includes(asked) && loopbackHosts.includes(known)) {
    return difference('loopback-name', 2, requested, registered, `${says}, and neither stands for the other`)
  }
  if (asked === `www.${known}` || `www.${asked}` === known) return difference('www', 2, requested, registered, says)
  const weight = 6 + 10 * unlikeness(asked, known)
  const isAscii = /^[\x20-\x7e]*$/.test(requested)
  if (!isAscii)
    return difference('look-alike', weight, requested, registered, `${says} and has characters outside ASCII`)
  return difference('host', weight, requested, registered, says)
}

function wildcardDifferences(requested: string, registered: string, appType: AppType): Difference[] {
  const parent = registered.slice(1)
  const inPlace = requested.endsWith(parent) ? requested.slice(0, -parent.length) : undefined
  if (inPlace !== undefined && appType === 'native') {
    const says = `native applications may not use a wildcard such as ${quote(registered)}`
    return difference('wildcard-native', 2, requested, registered, says)
  }
  if (inPlace !== undefined && /^[a-z0-9_-]+$/i.test(inPlace)) return []
  if (inPlace !== undefined || requested === registered.slice(2)) {
    const says = `the host ${quote(requested)} does not have exactly one label in place of the "*" of ${quote(registered)}`
    return difference('wildcard', 3, requested, registered, says)
  }
  const says = `the host is ${quote(requested)} instead of one like ${quote(registered)}`
  return difference('host', 6 + 10 * unlikeness(requested, registered), requested, registered, says)
}

function portDifferences(requested: LooseUrl, registered: LooseUrl, appType: AppType): Difference[] {
  const [asked, known] = [requested.port, registered.port]
  if (asked === known) return []
  const isLoopback = registered.scheme === 'http' && loopbackHosts.includes(registered.host)
  const isPort = asked === '' || (/^[1-9]\d{0,4}$/.test(asked) && Number(asked) <= 65535)
  if (isLoopback && isPort && appType === 'native') return []
  const hint = isLoopback && isPort ? ', and only native applications may use any port' : ''
  const name = (port: string) => (port === '' ? 'not given' : quote(port))
  return difference('port', 2, asked, known, `the port is ${name(asked)} instead of ${name(known)}${hint}`)
}

function pathDifferences(requested: string, registered: string): Difference[] {
  if (requested === registered) return []
  const [asked, known] = [requested.replace(/\/$/, ''), registered.replace(/\/$/, '')]
  const says = `the path is ${quote(requested)} instead of ${quote(registered)}`
  const [plainAsked, plainKnown] = [decoded(asked), decoded(known)]
  if (plainAsked.toLowerCase() !== plainKnown.toLowerCase()) {
    return difference('path', 3 + 5 * unlikeness(plainAsked, plainKnown), requested, registered, says)
  }
  const found: Difference[] = []
  const slashes = requested.length - asked.length - (registered.length - known.length)
  if (slashes !== 0) {
    const ends = slashes > 0 ? 'the path ends with a slash too many' : 'the slash at the end of the path is missing'
    found.push(
      ...difference(
        'trailing-slash',
        1,
        requested,
        registered,
        `${ends} (${quote(requested)} instead of ${quote(registered)})`,
      ),
    )
  }
  if (plainAsked !== plainKnown)
    found.push(...difference('path-case', 1, asked, known, `${says}, and letter case counts`))
  if (asked.toLowerCase() !== known.toLowerCase() || (plainAsked === plainKnown && asked !== known)) {
    found.push(...difference('encoding', 1, asked, known, `${says}, which is encoded differently`))
  }
  return found
}

function queryDifferences(requested: string, registered: string): Difference[] {
  if (requested === registered) return []
  const says = `the query is ${quote(requested)} instead of ${quote(registered)}`
  if (decoded(requested) === decoded(registered)) {
    return difference('encoding', 1, requested, registered, `${says}, which is encoded differently`)
  }
  return difference('query', 2 + 2 * unlikeness(requested, registered), requested, registered, says)
}

/** What is meant by a percent-encoded text, also one encoded twice or with `+` for a space. */
function decoded(text: string): string {
  let plain = text.replaceAll('+', ' ')
  for (let round = 0; round < 3 && plain.includes('%'); round++) {
    try {
      plain = decodeURIComponent(plain)
    } catch {
      return plain
    }
  }
  return plain
}

/** 0 for equal texts, 1 for texts without a common beginning or end. Linear, where an edit distance would be quadratic. */
function unlikeness(one: string, other: string): number {
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one]
  let start = 0
  while (start < shorter.length && shorter[start] === longer[start]) start++
  let end = 0
  while (end < shorter.length - start && shorter.at(-1 - end) === longer.at(-1 - end)) end++
  return longer.length === 0 ? 0 : 1 - (start + end) / longer.length
}
