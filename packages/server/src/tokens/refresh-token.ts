import { createHmac } from 'node:crypto'
import type { RefreshTokenSettings } from '#clients/client.ts'
import type { Context } from '#context.ts'
import { digest, equalInConstantTime } from '#crypto/digest.ts'
import type { RefreshFamily } from './refresh-family.ts'

/**
 * A refresh token names its family and generation, carries 256 secret bits, and is vouched for by us:
 *
 *     v1.{family}.{generation}.{secret}.{mac}
 *
 * The first secret is random. Each successor's is derived from its predecessor's with a key of ours, so that a retry can be given
 * the *same* successor although only digests are stored. The mac tells an old token of ours (reuse: the family dies) from an
 * invention (nothing happens, and the database is not even asked).
 */
export interface RefreshToken {
  familyId: string
  generation: number
  secret: string
}

const purpose = (ctx: Context, what: string) => `refresh-token-${what}:${ctx.tenant.id}`

export function formatRefreshToken({ familyId, generation, secret }: RefreshToken, ctx: Context): string {
  const body = `v1.${familyId}.${generation}.${secret}`
  return `${body}.${ctx.sealer.mac(body, purpose(ctx, 'mac'))}`
}

/** Undefined for anything we did not make. */
export function parseRefreshToken(token: string, ctx: Context): RefreshToken | undefined {
  const form = /^(v1\.([\w-]{22})\.(\d{1,9})\.([\w-]{43}))\.([\w-]{43})$/.exec(token)
  if (!form) return undefined
  const [, body = '', familyId = '', generation = '', secret = '', mac = ''] = form
  if (!ctx.sealer.checkMac(body, purpose(ctx, 'mac'), mac)) return undefined
  return { familyId, generation: Number(generation), secret }
}

/** The one token that replaces this one, however often it is asked for. */
export function successorOf({ familyId, generation, secret }: RefreshToken, ctx: Context): RefreshToken {
  const seed = ctx.sealer.mac(`${familyId}.${generation + 1}`, purpose(ctx, 'successor'))
  const next = createHmac('sha256', seed).update(secret).digest('base64url')
  return { familyId, generation: generation + 1, secret: next }
}

export const refreshTokenDigest = (token: RefreshToken): string => digest(`${token.generation}.${token.secret}`)

/**
 * What a token of ours is to its family: the newest; the one before it, sent again by a client that has not heard of its
 * successor; or one that was replaced long enough ago to be in wrong hands (RFC 9700 §4.14.2).
 * The leeway is an age: a rotation in the future tells of a clock that was set, and is nothing to be lenient about (SEC-331). A
 * client that does not rotate has nothing to retry.
 */
export function standingOf(
  token: RefreshToken,
  family: RefreshFamily,
  { rotationType, leeway }: RefreshTokenSettings,
  ctx: Context,
): 'current' | 'retried' | 'reused' {
  if (isNewest(token, family)) return 'current'
  if (rotationType === 'non-rotating' || !isNewest(successorOf(token, ctx), family)) return 'reused'
  const age = family.rotationAge ?? Number.POSITIVE_INFINITY
  return age >= 0 && age < leeway * 1000 ? 'retried' : 'reused'
}

const isNewest = (token: RefreshToken, family: RefreshFamily): boolean =>
  token.generation === family.generation && equalInConstantTime(refreshTokenDigest(token), family.currentDigest)

/** When a family born now ends, absolutely and if nobody uses it. Epoch milliseconds; undefined: never. */
export function refreshTokenExpiry(settings: RefreshTokenSettings, now: number) {
  if (settings.expirationType === 'non-expiring') return {}
  return {
    expiresAt: settings.infiniteTokenLifetime ? undefined : now + settings.tokenLifetime * 1000,
    idleExpiresAt: idleExpiry(settings, now),
  }
}

/** The idle limit follows the client's settings of today, the absolute one those of the day of issue. */
export const idleExpiry = (settings: RefreshTokenSettings, now: number): number | undefined =>
  settings.expirationType === 'non-expiring' || settings.infiniteIdleTokenLifetime
    ? undefined
    : now + settings.idleTokenLifetime * 1000

export function isAlive(family: RefreshFamily, now: number): boolean {
  if (family.revokedAt !== undefined) return false
  return now < (family.expiresAt ?? Infinity) && now < (family.idleExpiresAt ?? Infinity)
}
