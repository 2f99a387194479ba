import { createPrivateKey } from 'node:crypto'
import type { Context } from '#context.ts'
import { generateSigningKey, type SigningAlgorithm } from '#crypto/jwk.ts'
import type { Store } from '#storage/store.ts'
import type { Tenant } from '#tenants/tenant.ts'
import type { SigningKey } from './signing-key.ts'

type KeyContext = { store: Store; tenant: Tenant; now: () => number }

/** The key that signs now. It is there since the algorithm was chosen; made on the spot only for what was set past the tenant file. */
export async function currentKey(algorithm: SigningAlgorithm, ctx: KeyContext): Promise<SigningKey> {
  const key = findCurrent(await ctx.store.signingKeys.list(), algorithm)
  if (key) return key
  await ensureSigningKeys(algorithm, ctx)
  const made = findCurrent(await ctx.store.signingKeys.list(), algorithm)
  if (!made) throw new Error(`no current ${algorithm} key`)
  return made
}

const findCurrent = (keys: readonly SigningKey[], algorithm: SigningAlgorithm) =>
  keys.find((key) => key.algorithm === algorithm && key.status === 'current')

const underWay = new WeakMap<Store, Map<SigningAlgorithm, Promise<void>>>()

/** A current key and the next one. Several processes may try at once: the first wins, the others use its key. */
export function ensureSigningKeys(algorithm: SigningAlgorithm, ctx: KeyContext): Promise<void> {
  const perStore = underWay.get(ctx.store) ?? new Map<SigningAlgorithm, Promise<void>>()
  underWay.set(ctx.store, perStore)
  const running = perStore.get(algorithm)
  if (running) return running
  const made = addMissing(algorithm, ctx).finally(() => perStore.delete(algorithm))
  perStore.set(algorithm, made)
  return made
}

async function addMissing(algorithm: SigningAlgorithm, ctx: KeyContext): Promise<void> {
  const keys = await ctx.store.signingKeys.list()
  for (const status of ['current', 'next'] as const) {
    if (keys.some((key) => key.algorithm === algorithm && key.status === status)) continue
    const { key, pem } = await newKey(algorithm, status, ctx)
    await ctx.store.signingKeys.add(key, pem)
  }
}

/**
 * The next key signs from now on; a new next one is published long before its turn, so that no cache is ever surprised (SEC-111).
 * Tokens signed by the previous key stay good.
 * @returns the kids, or undefined if another process rotated at the same moment
 */
export async function rotateSigningKeys(algorithm: SigningAlgorithm, ctx: KeyContext) {
  await ensureSigningKeys(algorithm, ctx)
  const current = await currentKey(algorithm, ctx)
  const { key, pem } = await newKey(algorithm, 'next', ctx)
  const rotated = await ctx.store.signingKeys.rotate(current.kid, key, pem, ctx.now())
  if (!rotated) return undefined
  return { previous: current.kid, current: (await currentKey(algorithm, ctx)).kid, next: key.kid }
}

/**
 * After a leak: whoever had the database and its secret has the current and the next key, and perhaps previous ones of before. All
 * are revoked, and every algorithm in use gets a new pair, in one commit: at no moment does a stolen key verify and sign.
 * @returns undefined if another process did so at the same moment
 */
export async function replaceSigningKeys(ctx: KeyContext) {
  const old = (await ctx.store.signingKeys.list()).filter((key) => key.status !== 'revoked')
  const wanted = [...new Set(old.map((key) => key.algorithm))].flatMap((algorithm) =>
    (['current', 'next'] as const).map((status) => newKey(algorithm, status, ctx)),
  )
  const made = (await Promise.all(wanted)).map(({ key, pem }) => ({ key, privateKeyPem: pem }))
  if (!(await ctx.store.signingKeys.replaceAll(made, ctx.now()))) return undefined
  return { revoked: old.map((key) => key.kid), made: made.map(({ key }) => key) }
}

/** Seconds that a cache may keep the JWKS, and then as long again while it asks for a new one (RFC 5861 §3). */
export const jwksMaxAge = 15

/**
 * When the next key of an algorithm may sign: only then has every cache that keeps to what we say seen it. Published now, if there
 * is none. Epoch milliseconds.
 */
export async function mayRotateFrom(algorithm: SigningAlgorithm, ctx: KeyContext): Promise<number> {
  await ensureSigningKeys(algorithm, ctx)
  const keys = await ctx.store.signingKeys.list()
  const next = keys.find((key) => key.algorithm === algorithm && key.status === 'next')
  return (next?.createdAt ?? ctx.now()) + 2 * jwksMaxAge * 1000
}

async function newKey(algorithm: SigningAlgorithm, status: 'current' | 'next', { tenant, now }: KeyContext) {
  const made = await generateSigningKey({ algorithm, commonName: new URL(tenant.issuer).hostname, now: now() })
  const privateKey = createPrivateKey(made.privateKeyPem)
  const { kid, publicJwk } = made
  const key: SigningKey = { kid, algorithm, status, publicJwk, privateKey, createdAt: now() }
  return { key, pem: made.privateKeyPem }
}

/** What a tenant's keys are asked for, made once for each list of them: no request walks through the keys of years. */
interface KeyRing {
  trusted: Map<string, SigningKey>
  published: { keys: readonly SigningKey[]; until: number }
}

const rings = new WeakMap<readonly SigningKey[], KeyRing>()

async function ringOf({ store, now }: Pick<Context, 'store' | 'now'>): Promise<KeyRing> {
  const keys = await store.signingKeys.list()
  const time = now()
  const known = rings.get(keys)
  // A clock that was set back shows a key again only when the next list is read: it has gone already.
  if (known && time < known.published.until) return known
  const trusted = keys.filter((key) => key.status !== 'revoked')
  const leaving = trusted.filter((key) => time < leavesAt(key))
  const ring: KeyRing = {
    trusted: known?.trusted ?? new Map(trusted.map((key) => [key.kid, key])),
    published: { keys: leaving, until: Math.min(...leaving.map(leavesAt)) },
  }
  rings.set(keys, ring)
  return ring
}

/**
 * When nothing that it signed can be alive any more, and an hour for clocks and caches. The longest lifetime that can be set counts, not
 * the longest that is set now: what was signed before it was shortened still lives, and nobody needs to read all clients and APIs.
 */
const leavesAt = ({ status, retiredAt = Infinity }: SigningKey): number =>
  status === 'previous' ? retiredAt + longestLifetime : Infinity
const longestLifetime = (30 * 24 + 1) * 3_600_000

/**
 * What the JWKS shows: next, current, and previous ones until the longest token they signed has expired. One array for as long as it
 * is the same. The same set verifies what comes back, so that a key out of the JWKS opens nothing here either.
 */
export async function publishedKeys(ctx: Pick<Context, 'store' | 'now'>): Promise<readonly SigningKey[]> {
  return (await ringOf(ctx)).published.keys
}

/** Finds the key of that name among those that verify what we accept as a token. */
export async function publishedKeyFinder(ctx: Pick<Context, 'store' | 'now'>) {
  const { trusted } = await ringOf(ctx)
  return (kid: string) => {
    const key = trusted.get(kid)
    return key && ctx.now() < leavesAt(key) ? key.publicJwk : undefined
  }
}

/** The same for hints, which are good for longer than a token: every key that was ever ours, save what somebody may have stolen. */
export async function trustedKeyFinder(ctx: Pick<Context, 'store' | 'now'>) {
  const { trusted } = await ringOf(ctx)
  return (kid: string) => trusted.get(kid)?.publicJwk
}
