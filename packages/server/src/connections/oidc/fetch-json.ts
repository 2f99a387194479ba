import type { Context } from '#context.ts'
import { parseStrictJson } from '#crypto/strict-json.ts'
import { UpstreamError } from '../strategy.ts'

export type JsonObject = Record<string, unknown>

/**
 * Asks a provider for a JSON object.
 * @param what the name of the place, for the tenant's log
 * @throws UpstreamError if it is out of reach, or answers with anything else
 */
export async function fetchJson(
  what: string,
  url: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
  ctx: Pick<Context, 'fetch'>,
): Promise<{ ok: boolean; status: number; body: JsonObject }> {
  let answer: Response
  let bytes: Uint8Array
  try {
    const headers = { accept: 'application/json', ...init.headers }
    answer = await ctx.fetch(url, { ...init, headers, redirect: 'error' })
    bytes = await answer.bytes()
  } catch (cause) {
    throw new UpstreamError('failed', `${what}: ${cause instanceof Error ? cause.message : 'unreachable'}`, { cause })
  }
  const type = answer.headers.get('content-type') ?? ''
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new UpstreamError('failed', `${what}: answered ${answer.status} with ${quote(type)} instead of JSON`)
  return { ok: answer.ok, status: answer.status, body: toObject(what, bytes) }
}

function toObject(what: string, bytes: Uint8Array): JsonObject {
  let value: unknown
  try {
    value = parseStrictJson(bytes)
  } catch (cause) {
    throw new UpstreamError('failed', `${what}: ${cause instanceof Error ? cause.message : 'not JSON'}`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UpstreamError('failed', `${what}: answered no JSON object`)
  return value as JsonObject
}

/** What a stranger said, short enough and plain enough for a log. */
export function quote(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? 'nothing' : `a ${typeof value}`
  return `"${value.slice(0, 200).replace(/[^\x20-\x7E]/g, '?')}"`
}
