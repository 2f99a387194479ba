import { HttpError } from '#errors.ts'

/**
 * Parameters of a query or form, each at most once. What a name sent twice has said more is kept in `repeated`, so that the walk can
 * refuse it where it knows whom to tell (RFC 6749 §3.1). An empty value counts as absent (RFC 6749 §3.1).
 */
export interface Parameters {
  readonly values: ReadonlyMap<string, string>
  readonly repeated: ReadonlyMap<string, readonly string[]>
  /** Names to which a JSON body gave neither a text nor a number: other vendors' extras, until somebody reads them. */
  readonly structured?: ReadonlySet<string>
}

export const noParameters: Parameters = { values: new Map(), repeated: new Map() }

const mostParameters = 200

/** @throws HttpError 400 for broken percent-encoding or invalid UTF-8: two parsers could read it differently */
export function parseParameters(encoded: string): Parameters {
  if (encoded === '') return noParameters
  const values = new Map<string, string>()
  const repeated = new Map<string, string[]>()
  const pairs = encoded.split('&', mostParameters + 1)
  if (pairs.length > mostParameters) throw new HttpError(400, `At most ${mostParameters} parameters are allowed.`)
  for (const pair of pairs) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    // The bare flag of `/v2/logout?federated` must be seen, so absence is decided when a value is read.
    if (values.has(name)) repeated.set(name, [...(repeated.get(name) ?? []), value])
    else values.set(name, value)
  }
  return { values, repeated }
}

/**
 * Undefined when absent or empty.
 * @throws HttpError 400 for a truth value, a list or an object: everything that we know is text
 */
export function parameter(parameters: Parameters, name: string): string | undefined {
  if (parameters.structured?.has(name)) throw new HttpError(400, `"${name}" must be a string.`)
  return parameters.values.get(name) || undefined
}

/** All that was said of a parameter that may be sent more than once, separated by spaces, which `resource` has none of (RFC 8707 §2). */
export function everyValue(parameters: Parameters, name: string): string | undefined {
  const first = parameter(parameters, name)
  const more = parameters.repeated.get(name) ?? []
  return [first, ...more].filter(Boolean).join(' ') || undefined
}

/** Query and body as one; a name in both counts as sent twice (SEC-005). */
export function merged(one: Parameters, other: Parameters): Parameters {
  if (other.values.size === 0 && !other.structured?.size) return one
  if (one.values.size === 0) return other
  const values = new Map(one.values)
  const repeated = new Map(one.repeated)
  const add = (name: string, more: readonly string[]) => repeated.set(name, [...(repeated.get(name) ?? []), ...more])
  for (const [name, value] of other.values) {
    if (values.has(name)) add(name, [value])
    else values.set(name, value)
  }
  for (const [name, more] of other.repeated) add(name, more)
  return { values, repeated, structured: other.structured }
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new HttpError(400, 'Parameters must be percent-encoded UTF-8.')
  }
}
