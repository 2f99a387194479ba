import { z } from 'zod'
import { invalidRequest } from '#errors.ts'
import { everyValue, type Parameters, parameter } from '#parameters.ts'

/** No controls: they have no use in any of these and much in attacks on logs and headers. */
const plain = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\x00-\x1F\x7F]*$/, 'must not hold control characters')

/** Every parameter we know, with what it may look like. Others are ignored, not stored (RFC 6749 §3.1). */
export const authorizeParameters = z.object({
  client_id: plain(255).optional(),
  redirect_uri: z.string().max(2048).optional(),
  response_type: plain(64).optional(),
  response_mode: plain(32).optional(),
  scope: plain(4096).optional(),
  audience: plain(600).optional(),
  /** The only one that may be sent more than once (RFC 8707 §2): separated by spaces. */
  resource: plain(4096).optional(),
  // Any character but NUL: it is echoed byte for byte and never looked into (SEC-008).
  state: z.string().max(4096).optional(),
  nonce: plain(1024).optional(),
  code_challenge: plain(256).optional(),
  code_challenge_method: plain(32).optional(),
  prompt: plain(128).optional(),
  max_age: plain(16).optional(),
  login_hint: plain(320).optional(),
  screen_hint: plain(64).optional(),
  ui_locales: plain(256).optional(),
  acr_values: plain(512).optional(),
  connection: plain(128).optional(),
  id_token_hint: plain(16_384).optional(),
  request: z.string().max(65_536).optional(),
  request_uri: plain(2048).optional(),
  organization: plain(128).optional(),
  invitation: plain(128).optional(),
  claims: z.string().max(8192).optional(),
})

export type AuthorizeParameters = z.infer<typeof authorizeParameters>
export type AuthorizeParameter = keyof AuthorizeParameters

export const parameterNames = Object.keys(authorizeParameters.shape) as AuthorizeParameter[]

/** Known parameters, not yet judged; empty ones are absent. */
export function knownParameters(raw: Parameters): AuthorizeParameters {
  const known: AuthorizeParameters = {}
  for (const name of parameterNames) {
    const value = name === 'resource' ? everyValue(raw, name) : parameter(raw, name)
    if (value !== undefined) known[name] = value
  }
  return known
}

/**
 * Judges the form of some of them, and that none was sent twice.
 * @throws OAuthError invalid_request, naming the parameter and what is allowed
 */
export function requireWellFormed(
  known: AuthorizeParameters,
  raw: Parameters,
  names: readonly AuthorizeParameter[] = parameterNames,
): void {
  for (const name of names) {
    if (raw.repeated.has(name) && name !== 'resource')
      throw invalidRequest(`The parameter ${name} must not be sent more than once.`)
    const value = known[name]
    if (value === undefined) continue
    const judged = authorizeParameters.shape[name].safeParse(value)
    if (!judged.success)
      throw invalidRequest(`The parameter ${name} is too long or holds characters that are not allowed.`)
  }
}
