import { type AppType, matchesAny } from '#clients/registered-url.ts'

/** What of a client decides; `strict` as in `FormRules`. */
interface Registration {
  callbacks: readonly string[]
  appType: AppType
  strict?: boolean
}

/** A redirect_uri that the client has registered: the only kind of address that an answer may travel to. */
export type RegisteredRedirectUri = string & { readonly registered: unique symbol }

/**
 * `requested` itself, byte for byte, if the client may be answered there, else undefined. Exact match, because anything
 * looser hands codes to strangers (RFC 9700 §2.1); the two exceptions are told in `clients/registered-url.ts`.
 */
export function findRegisteredRedirectUri(requested: string, client: Registration): RegisteredRedirectUri | undefined {
  return isRegistered(requested, client) ? requested : undefined
}

/**
 * The address of a request that names none: the client's only one, if it is a whole address and not a wildcard (RFC 6749
 * §3.1.2.3). An OpenID Connect request must name it (Core §3.1.2.1).
 */
export function findImpliedRedirectUri(
  client: Registration,
  request: { openid: boolean },
): RegisteredRedirectUri | undefined {
  const [only, ...more] = client.callbacks
  if (only === undefined || more.length > 0 || request.openid) return undefined
  return findRegisteredRedirectUri(only, client)
}

function isRegistered(uri: string, { callbacks, appType, strict }: Registration): uri is RegisteredRedirectUri {
  return matchesAny(uri, callbacks, { appType, strict })
}
