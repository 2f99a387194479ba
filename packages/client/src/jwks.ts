import { type Environment, environmentFrom } from './environment.ts'
import { IdTokenError, NetworkError } from './errors.ts'
import { fetchJson } from './fetch-json.ts'
import { isRecord } from './json.ts'

/** Fetched keys are trusted this long, so that a retired key is forgotten. */
const MAX_AGE = 10 * 60_000
/** An unknown `kid` may be a new key, or somebody making us ask all day. */
const COOL_DOWN = 30_000

/** Where the signature check finds its keys. */
export interface KeySource {
  /** The published key with this `kid` as a JWK, still untrusted in form. Throws when there is none. */
  find(kid: string): Promise<Record<string, unknown>>
}

/**
 * The server's published keys, fetched when first needed and kept for ten minutes. An unknown `kid` makes it look once more,
 * at most every 30 seconds, because keys rotate (OpenID Connect Core §10.1.1).
 *
 * @example
 * import { remoteKeys } from '@keywright/client'
 *
 * const keys = remoteKeys('http://localhost:3000/')
 * await keys.find('a key nobody has').catch((error) => console.log(error.code)) // invalid_id_token
 */
export function remoteKeys(issuer: string, given?: Partial<Environment>): KeySource {
  const environment = environmentFrom(given)
  let keys = new Map<string, Record<string, unknown>>()
  let fetchedAt = Number.NEGATIVE_INFINITY
  let inFlight: Promise<void> | undefined

  const fetchKeys = (): Promise<void> => {
    inFlight ??= fetchKeySet(`${issuer}.well-known/jwks.json`, environment)
      .then((fetched) => {
        keys = fetched
        fetchedAt = environment.now()
      })
      .finally(() => {
        inFlight = undefined
      })
    return inFlight
  }

  return {
    async find(kid) {
      const age = () => environment.now() - fetchedAt
      if (age() > MAX_AGE) await fetchKeys()
      if (!keys.has(kid) && age() > COOL_DOWN) await fetchKeys()
      const key = keys.get(kid)
      if (!key) throw new IdTokenError(`The ID token is signed with key "${kid}", which the server does not publish.`)
      return key
    },
  }
}

async function fetchKeySet(url: string, environment: Environment): Promise<Map<string, Record<string, unknown>>> {
  const { status, body } = await fetchJson(url, { headers: { accept: 'application/json' } }, environment)
  if (status !== 200 || !isRecord(body) || !Array.isArray(body.keys)) {
    throw new NetworkError(`${url} answered ${status} without a key set.`)
  }
  const withKid = body.keys.filter(isRecord).filter((key) => typeof key.kid === 'string')
  return new Map(withKid.map((key) => [String(key.kid), key]))
}
