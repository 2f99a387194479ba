import type { Path } from '../document.ts'

/** Something that Auth0 accepts and we do not need, or do not do: it is left out with a line in the report. */
interface LeftOut {
  /** Names without positions, such as `clients.mobile.ios`. */
  place: string
  /** Whether Auth0 would have taken this wrong value; anything at or below the place, if left out. */
  accepted?: (value: unknown) => boolean
  /** Completes "…: left out; …". */
  instead: string
}

const isText = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value)
const isJwsAlgorithm = isText(/^(HS|RS|PS|ES)(256|384|512)$/)
const isNetwork = isText(/^[0-9A-Fa-f.:]+\/\d{1,3}$/)

const table: readonly LeftOut[] = [
  { place: 'clients.jwt_configuration.alg', accepted: isJwsAlgorithm, instead: 'ID tokens are signed with RS256' },
  { place: 'resourceServers.signing_alg', accepted: isJwsAlgorithm, instead: 'access tokens are signed with RS256' },
  { place: 'clients.mobile.ios', instead: 'apple-app-site-association does not list the app' },
  { place: 'clients.mobile.android', instead: 'assetlinks.json does not list the app' },
  {
    place: 'connections.options.id_token_signed_response_algs',
    accepted: isJwsAlgorithm,
    instead: 'ID tokens of the provider that are signed so are refused',
  },
  {
    place: 'connections.options.connection_settings',
    accepted: isText(/^plain$/),
    instead: 'S256 is used',
  },
  {
    place: 'attackProtection.bruteForceProtection.allowlist',
    accepted: isNetwork,
    instead: 'its addresses are counted like all others',
  },
  {
    place: 'attackProtection.suspiciousIpThrottling.allowlist',
    accepted: isNetwork,
    instead: 'its addresses are counted like all others',
  },
]

export interface Omission {
  /** What to take out: the item of a list, or the whole thing at the place. */
  path: Path
  instead: string
}

/** @param path of a value that its schema refused */
export function omissionFor(path: Path, value: unknown): Omission | undefined {
  for (const { place, accepted, instead } of table) {
    const cut = cutAt(path, place.split('.'))
    if (cut && (accepted?.(value) ?? true)) return { path: cut, instead }
  }
  return undefined
}

/** The beginning of the path that leads to the place, or to an item of the list there; undefined if it leads elsewhere. */
function cutAt(path: Path, names: readonly string[]): Path | undefined {
  let found = 0
  for (const [index, step] of path.entries()) {
    if (typeof step === 'number') continue
    if (found === names.length) return path.slice(0, index)
    if (step !== names[found]) return undefined
    found++
  }
  return found === names.length ? path : undefined
}
