import type { Context } from '#context.ts'
import { Overloaded } from '#crypto/password-kdf.ts'
import { randomHex, systemRandom } from '#crypto/random-id.ts'
import { HttpError, OAuthError } from '#errors.ts'
import type { Diagnosis } from '#oauth/authorize/redirect-doctor.ts'
import { errorPage, type Problem, type RedirectHint } from '#pages/error-page.ts'
import { parameter } from '#parameters.ts'
import { printableLine } from '#printable.ts'
import { UnknownHost } from '#tenants/resolve-tenant.ts'
import { isDevelopment } from '#tenants/tenant.ts'
import type { Platform } from './build-context.ts'
import type { Endpoint, HttpRequest } from './endpoint.ts'
import { html, json, type Reply, text } from './reply.ts'
import { surroundings } from './surroundings.ts'

/** How each thrown thing is said. Anything that is not ours is a bug: 500, a reference number, and the whole of it in the server's log. */
export function errorReply(
  thrown: unknown,
  endpoint: Endpoint,
  request: HttpRequest | undefined,
  ctx: Context | undefined,
  platform: Platform,
): Reply {
  if (thrown instanceof OAuthError) return tell(thrown, endpoint, request, ctx)
  if (thrown instanceof UnknownHost) return text(platform.unknownHost(thrown.host), thrown)
  if (thrown instanceof HttpError && endpoint.errors === 'json' && ctx)
    return json({ error: 'invalid_request', error_description: thrown.message }, thrown)
  if (thrown instanceof HttpError && !ctx) return text(thrown.message, thrown)
  if (thrown instanceof HttpError)
    return tell(new OAuthError('invalid_request', thrown.message, thrown), endpoint, request, ctx)
  if (thrown instanceof Overloaded) return tell(overloaded(thrown.retryAfter), endpoint, request, ctx)
  if (thrown instanceof Error && thrown.name === 'StorageUnavailable') {
    platform.logger.error({ err: thrown }, 'the database did not answer')
    return tell(overloaded(5), endpoint, request, ctx)
  }
  return tell(bug(thrown, request, platform), endpoint, request, ctx)
}

const overloaded = (retryAfter: number) =>
  new OAuthError('temporarily_unavailable', 'The server is busy. Try again in a moment.', {
    status: 503,
    headers: { 'retry-after': `${retryAfter}` },
  })

function bug(thrown: unknown, request: HttpRequest | undefined, platform: Platform): OAuthError {
  const reference = randomHex(systemRandom, 8)
  platform.logger.error({ err: thrown, reference, path: request?.path }, 'a bug')
  return new OAuthError('server_error', `Something went wrong here. Reference: ${reference}`, { status: 500 })
}

function tell(
  error: OAuthError,
  endpoint: Endpoint,
  request: HttpRequest | undefined,
  ctx: Context | undefined,
): Reply {
  if (endpoint.errors === 'page' && ctx) return page(error, request, ctx)
  // People read it in terminals (RFC 6749 §5.2 allows printable ASCII only).
  return json({ error: error.code, error_description: printableLine(error.message) }, error)
}

/** A calm page with a reference number; the log entry of that number has the details, and in development so has the page. */
function page(error: OAuthError, request: HttpRequest | undefined, ctx: Context): Reply {
  const reference = ctx.log({
    type: 'f',
    description: error.message,
    clientId: request && parameter(request.query, 'client_id')?.slice(0, 255),
    details: { path: request?.path, error: { oauthError: error.code, message: error.message }, asked: error.detail },
  })
  const told = {
    problem: problemOf(error),
    message: error.message,
    reference,
    hint: isDevelopment(ctx.tenant) ? hintOf(error.detail) : undefined,
  }
  const reply = html(errorPage(told, surroundings(request, ctx)), { status: error.status })
  return { ...reply, headers: { ...reply.headers, ...error.headers } }
}

/** The Redirect Doctor's findings, as the page shows them to a developer. */
function hintOf(detail: unknown): RedirectHint | undefined {
  if (typeof detail !== 'object' || detail === null || !('diagnosis' in detail) || !('requested' in detail))
    return undefined
  const { nearest, differences, summary } = detail.diagnosis as Diagnosis
  const says = differences.length > 0 ? differences.map((difference) => difference.says) : [summary]
  return { requested: String(detail.requested).slice(0, 500), nearest, differences: says }
}

function problemOf(error: OAuthError): Problem {
  const kind = kindOf(error.detail)
  if (kind) return kind
  if (error.status === 404) return 'not-found'
  if (error.status === 429) return 'too-many-requests'
  if (error.status === 503) return 'overloaded'
  if (error.status >= 500) return 'server-error'
  return error.code === 'access_denied' ? 'access-denied' : 'invalid-request'
}

/** Refusals whose words for the user are not those of their code. */
const kinds: readonly Problem[] = [
  'callback-mismatch',
  'logout-url-mismatch',
  'unknown-client',
  'invalid-request',
  'expired',
]

function kindOf(detail: unknown): Problem | undefined {
  if (typeof detail !== 'object' || detail === null || !('kind' in detail)) return undefined
  return kinds.find((kind) => kind === detail.kind)
}

/** For what goes wrong before there is a door: oversized or unfinished bodies. */
export function plainErrorReply(status: number): Reply {
  const said: Record<number, string> = {
    413: 'The body is too large.',
    415: 'Unsupported media type.',
    500: 'Internal error.',
  }
  return json(
    { error: status === 500 ? 'server_error' : 'invalid_request', error_description: said[status] ?? 'Bad request.' },
    { status },
  )
}
