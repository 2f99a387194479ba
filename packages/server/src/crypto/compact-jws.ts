import { fromBase64url } from './base64url.ts'
import { parseStrictJson } from './strict-json.ts'

/** Not a token we would act on. The message says why, for the log; the client hears only that it is invalid. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken'
}

/** A token whose shape is right and whose signature nobody has looked at: trust nothing in it. */
export type CompactJws = { header: { alg: string; kid?: string }; payload: JwtPayload }
export type JwtPayload = { [claim: string]: unknown }

const maxTokenLength = 16 * 1024
const maxKidLength = 255

/**
 * The gate before any cryptography (RFC 7515 §5.2, RFC 8725 §3.1, §3.7): only a token that all readers read alike goes on.
 * Keys that the header brings along (`jku`, `x5u`, `jwk`, `x5c`) are not even returned (SEC-098).
 * @throws InvalidToken
 */
export function parseCompactJws(token: string): CompactJws {
  if (token.length > maxTokenLength) throw new InvalidToken(`longer than ${maxTokenLength} characters`)
  const [head, body, signature, ...more] = token.split('.')
  if (head === undefined || body === undefined || !signature || more.length > 0) {
    throw new InvalidToken('not three parts')
  }
  if (!fromBase64url(signature)) throw new InvalidToken('signature is not canonical base64url')

  const { alg, kid, crit, b64 } = decodeObject(head, 'header')
  if (crit !== undefined || b64 !== undefined) throw new InvalidToken('header has extensions we do not understand')
  if (typeof alg !== 'string') throw new InvalidToken('header has no alg')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > maxKidLength)) {
    throw new InvalidToken('header has no usable kid')
  }
  return { header: { alg, kid }, payload: decodeObject(body, 'payload') }
}

function decodeObject(part: string, name: string): { [member: string]: unknown } {
  const bytes = fromBase64url(part)
  if (!bytes) throw new InvalidToken(`${name} is not canonical base64url`)
  let value: unknown
  try {
    value = parseStrictJson(bytes)
  } catch (cause) {
    throw new InvalidToken(`${name}: ${cause instanceof Error ? cause.message : 'unreadable'}`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidToken(`${name} is not an object`)
  }
  return value as { [member: string]: unknown }
}
