import type { Context } from '#context.ts'
import { randomToken } from '#crypto/random-id.ts'
import { serializeCookie } from '#http/cookies.ts'
import type { HttpRequest } from '#http/endpoint.ts'
import { normalizeIdentifier } from '#users/identifier.ts'
import { cookieNames } from '#users/session-cookies.ts'

/** A name as it was typed, at a database. */
interface Name {
  connection: string
  username: string
}

/** How many people of one browser are remembered: those who signed in last. */
const people = 5
/** Seconds: half a year. */
const remembered = 182 * 86_400

/**
 * The browser's id, if this name has signed in here before. The cookie is `{id}.{mac}…` with a mac for each name, so it
 * tells nobody who they are, works for nobody else, and costs no look into the database.
 */
export function knownBrowser(name: Name, http: Pick<HttpRequest, 'cookies'>, ctx: Context): string | undefined {
  const { id, macs } = read(http, ctx)
  return id !== undefined && macs.some((mac) => isFor(name, id, mac, ctx)) ? id : undefined
}

/** The Set-Cookie line after a sign-in with this name. */
export function rememberBrowser(name: Name, http: Pick<HttpRequest, 'cookies'>, ctx: Context): string {
  const { id = randomToken(ctx.random, 16), macs } = read(http, ctx)
  const others = macs.filter((mac) => !isFor(name, id, mac, ctx)).slice(0, people - 1)
  const { known, secure } = cookieNames(ctx.tenant)
  const value = [id, ctx.sealer.mac(bound(name, id), purpose(ctx)), ...others].join('.')
  return serializeCookie(known, value, { secure, sameSite: 'Lax', maxAge: remembered })
}

/** An id that we never gave has no macs to go with it. */
function read({ cookies }: Pick<HttpRequest, 'cookies'>, ctx: Context): { id?: string; macs: string[] } {
  const value = cookies.get(cookieNames(ctx.tenant).known) ?? ''
  const [id, ...macs] = /^[\w-]{22}(\.[\w-]{43}){1,5}$/.test(value) ? value.split('.') : []
  return { id, macs }
}

const isFor = (name: Name, id: string, mac: string, ctx: Context) =>
  ctx.sealer.checkMac(bound(name, id), purpose(ctx), mac)
const bound = ({ connection, username }: Name, id: string) => `${id}\n${connection}\n${normalizeIdentifier(username)}`
const purpose = (ctx: Context) => `known-browser:${ctx.tenant.id}`
