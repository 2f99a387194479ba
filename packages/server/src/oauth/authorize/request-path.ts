import type { AuthorizationRequest } from './authorization-request.ts'

/** The path that asks again for what was asked, except for what would make the user sign in again. */
export function requestPath(request: AuthorizationRequest): string {
  const { returnAddress } = request
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: returnAddress.clientId,
    redirect_uri: returnAddress.redirectUriSent ? returnAddress.redirectUri : undefined,
    response_mode: returnAddress.responseMode,
    scope: request.scope.join(' ') || undefined,
    audience: request.audience,
    state: returnAddress.state,
    nonce: request.nonce,
    code_challenge: request.codeChallenge,
    code_challenge_method: request.codeChallenge && 'S256',
    connection: request.connection,
    ui_locales: request.uiLocales,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return `/authorize?${query}`
}
