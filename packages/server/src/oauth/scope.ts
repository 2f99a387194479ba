import type { ResourceServer } from '#clients/resource-server.ts'

/** Scopes that need no API (Core §5.4, §11). */
export const standardScopes: readonly string[] = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** Splits a `scope` parameter, without repetitions, in the order asked (RFC 6749 §3.3). */
export const parseScope = (scope: string | undefined): string[] =>
  scope ? [...new Set(scope.split(' ').filter(Boolean))] : []

/** What an access token for the API may carry, of what was asked: the scopes it declares. */
export const declaredBy = (resourceServer: ResourceServer) => {
  const values = new Set(resourceServer.scopes.map((scope) => scope.value))
  return (scope: string) => values.has(scope)
}

export const isStandardScope = (scope: string): boolean => standardScopes.includes(scope)

/** Characters that one scope may have, at Auth0 and here: it is part of keys of the database, which hold some 2700 bytes on PostgreSQL. */
export const longestScope = 280

/** scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), separated by single spaces (RFC 6749 §3.3). */
export const isWellFormedScope = (scope: string): boolean =>
  /^[\x21\x23-\x5B\x5D-\x7E]+(?: +[\x21\x23-\x5B\x5D-\x7E]+)* *$/.test(scope.trimStart())
