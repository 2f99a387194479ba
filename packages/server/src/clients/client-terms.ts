import type { Client } from './client.ts'
import { coveringOrigins, registeredOrigin } from './registered-url.ts'

/**
 * By what clients are found without their id, kept in `client_terms` beside each. Whoever changes what this says of a client also
 * writes a migration that sets `configuration_versions.clients_indexed` to NULL: then the next start says it of all.
 */
export const termsOf = (client: Client): string[] => {
  const { appType, allowedOrigins, webOrigins, callbacks, mobile } = client
  const origins = [allowedOrigins, webOrigins, callbacks].flat().map((url) => registeredOrigin(url, { appType }))
  const terms = origins.filter((origin) => origin !== undefined).map(originTerm)
  return [...new Set(mobile ? [...terms, mobileTerm] : terms)]
}

/** Any of these says that a client lists the origin. Only wildcards depend on its type, and a native client's say nothing. */
export const termsOfOrigin = (origin: string): string[] =>
  coveringOrigins(origin, { appType: 'regular_web' }).map(originTerm)

export const mobileTerm = 'mobile'
const originTerm = (origin: string): string => `origin ${origin}`
