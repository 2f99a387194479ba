import type { IncomingHttpHeaders } from 'node:http'
import type { Context } from '#context.ts'
import type { Parameters } from '#parameters.ts'
import type { Reply } from './reply.ts'

export type Method = 'GET' | 'POST'

/** A request, as plain values: no door knows the HTTP framework. */
export interface HttpRequest {
  method: Method
  path: string
  query: Parameters
  body: Parameters
  headers: IncomingHttpHeaders
  cookies: ReadonlyMap<string, string>
}

/**
 * One address, and what answers there. It is a value; `routes.ts` lists it.
 *
 * `errors` decides how a refusal is told: to a program as JSON, to a person as a page.
 * `cors`: `any` for public documents, `client` for what browser apps call from their own origin (judged per client in the
 * handler; the preflight asks whether any client of the tenant lists the origin), `none` for what only browsers navigate to.
 */
export interface Endpoint {
  methods: readonly Method[]
  path: string
  summary: string
  errors: 'json' | 'page'
  cors: 'any' | 'client' | 'none'
  handle: (request: HttpRequest, ctx: Context) => Promise<Reply> | Reply
}

export const endpoint = (definition: Endpoint): Endpoint => definition
