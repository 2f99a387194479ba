import { invalidRequest } from '#errors.ts'
import type { Parameters } from '#parameters.ts'

/** URLs end up in logs and histories: nothing of a token request may travel there (SEC-074). */
const onlyInBodies = ['client_id', 'client_secret', 'code', 'code_verifier', 'refresh_token', 'token', 'password']

/** @throws OAuthError invalid_request */
export function requireNoQuery(query: Parameters): void {
  for (const name of onlyInBodies)
    if (query.values.has(name)) throw invalidRequest(`${name} must be sent in the body, never in the URL.`)
}
