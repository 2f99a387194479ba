import { z } from 'zod'
import type { Client } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { invalidRequest } from '#errors.ts'
import { everyValue, type Parameters, parameter } from '#parameters.ts'
import type { Authorization } from '#tokens/authorization.ts'

/** A way to get tokens (RFC 6749 §4). It proves who may do what through which client; it never makes a token response. */
export interface Grant {
  type: string
  /** Auth0's log codes. */
  logTypes: { success: string; failure: string }
  redeem(form: Parameters, client: Client, ctx: Context): Promise<Authorization>
}

/** @template S the grant's own parameters; others are ignored: browser SDKs leak theirs into the body */
export function defineGrant<S extends z.ZodObject>(definition: {
  type: string
  logTypes: Grant['logTypes']
  parameters: S
  redeem(parameters: z.infer<S>, client: Client, ctx: Context): Promise<Authorization>
}): Grant {
  const names = Object.keys(definition.parameters.shape)
  return {
    type: definition.type,
    logTypes: definition.logTypes,
    redeem: (form, client, ctx) => definition.redeem(parse(form, names, definition.parameters), client, ctx),
  }
}

function parse<S extends z.ZodObject>(form: Parameters, names: readonly string[], schema: S): z.infer<S> {
  const sent: Record<string, string> = {}
  for (const name of names) {
    const value = name === 'resource' ? everyValue(form, name) : parameter(form, name)
    if (value !== undefined) sent[name] = value
  }
  const judged = schema.safeParse(sent)
  if (judged.success) return judged.data
  const name = String(judged.error.issues[0]?.path[0])
  throw sent[name] === undefined
    ? invalidRequest(`Missing required parameter: ${name}`)
    : invalidRequest(`The parameter ${name} is too long or holds characters that are not allowed.`)
}

/** A value that is compared with a stored one: any length that could not be ours is cut off at the door. */
export const opaque = (most: number) => z.string().max(most)
