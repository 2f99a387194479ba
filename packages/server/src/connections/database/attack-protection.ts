import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { networkOf } from '#network.ts'
import { attackProtectionOf } from '#tenants/tenant.ts'
import { askForWork, spendWork } from './proof-of-work.ts'

/** Somebody at the door, before we know whether the name means anybody. */
export interface Guess {
  connection: string
  identifier: string
  /** The id of a browser in which this name has signed in before; undefined for a strange one. */
  knownBrowser?: string
  /** What the page's script has computed, if it was asked to. */
  work?: string
}

/** Milliseconds. A count ends by itself, so that nobody can lock an owner out for good (SEC-196). */
const accountWindow = 15 * 60_000
const hour = 60 * 60_000

/** Attempts of strange browsers on one account within an hour, from all networks together, for which nothing is asked. */
export const freeForStrangers = 20
/** Wrong passwords within an hour in the whole tenant, from which on the log says so, and guessers everywhere must work (SEC-193). */
export const manyInTenant = 10_000
/** Bits of work: for the first guess beyond that, one more after every ten, and what is still bearable on a phone: some ten seconds. */
const work = { least: 10, every: 10, most: 14 }
/** The price may rise while a browser works. */
const bargain = 2

export type Admission =
  /** `limit_wc`: the account, from this network or browser; `limit_mu`: the network. */
  | { refused: 'limit_wc' | 'limit_mu' }
  /** Strangers must do this work first. */
  | { refused: 'work'; challenge: string }
  | Admitted

export interface Admitted {
  /** How often it went wrong since the password was last right. */
  failures: number
  /** This is the guess with which strangers' free ones end. */
  alarm: boolean
  /** Under these keys the attempt is counted, as if it were wrong; the first is cleared if it is right. */
  counted: readonly string[]
}

/**
 * Counts the attempt before the password is looked at, so that parallel guesses cannot pass a limit (SEC-194). A browser in which
 * the owner has signed in before is counted alone: what strangers do elsewhere does not keep the owner out (SEC-196). Strangers are
 * counted per network, per account and per tenant; beyond the latter two they are not refused but must work, since among them may
 * be the owner with a new browser.
 */
export async function admit(guess: Guess, ctx: Context): Promise<Admission> {
  const { bruteForceProtection, suspiciousIpThrottling } = attackProtectionOf(ctx.tenant)
  const limitOf = ({ enabled, allowlist, maxAttempts }: typeof bruteForceProtection) =>
    enabled && !allowlist.includes(ctx.caller.ip) ? maxAttempts : undefined
  const perAccount = limitOf(bruteForceProtection)
  if (guess.knownBrowser === undefined)
    return admitStranger(guess, { perAccount, perNetwork: limitOf(suspiciousIpThrottling) ?? Infinity }, ctx)
  if (perAccount === undefined) return { failures: 0, alarm: false, counted: [] }
  const key = browserKey(guess)
  const count = await ctx.store.attempts.count(key, ctx.now(), accountWindow)
  return count > perAccount ? { refused: 'limit_wc' } : { failures: count - 1, alarm: false, counted: [key] }
}

type StrangersLimits = { perAccount: number | undefined; perNetwork: number }

async function admitStranger(guess: Guess, limits: StrangersLimits, ctx: Context): Promise<Admission> {
  const read = (key: string) => ctx.store.attempts.read(key, ctx.now())
  const guarded = limits.perAccount !== undefined
  const [ofNetwork, ofAccount, ofTenant] = await Promise.all([
    read(networkKey(ctx)),
    guarded ? read(accountKey(guess)) : 0,
    guarded ? read(tenantKey) : 0,
  ])
  if (ofNetwork >= limits.perNetwork) return { refused: 'limit_mu' }
  // Where guessing is all over the tenant, networks that have guessed wrong within the hour work; others are no suspects yet.
  const price = Math.max(priceOf(ofAccount), ofTenant >= manyInTenant && ofNetwork > 0 ? work.least : 0)
  const done = price > 0 ? await spendWork(guess.work, subjectOf(guess, ctx), ctx) : 0
  if (done < price - bargain) return mustWork(guess, price, ctx)
  return countStranger(guess, done, limits, ctx)
}

/** Many at once have all read the same counts before; now each has its own. What is refused here was no attempt after all. */
async function countStranger(guess: Guess, done: number, limits: StrangersLimits, ctx: Context): Promise<Admission> {
  const { attempts } = ctx.store
  const ofNetwork = { key: networkKey(ctx), windowMs: hour }
  if (limits.perAccount === undefined) {
    await attempts.countAll([ofNetwork], ctx.now())
    return { failures: 0, alarm: false, counted: [ofNetwork.key] }
  }
  const keys = [
    { key: pairKey(guess, ctx), windowMs: accountWindow },
    { key: accountKey(guess), windowMs: hour },
    ofNetwork,
  ]
  const [here = 0, everywhere = 0, fromNetwork = 0] = await attempts.countAll(keys, ctx.now())
  const price = priceOf(everywhere - 1)
  const counted = keys.map(({ key }) => key)
  if (here <= limits.perAccount && fromNetwork <= limits.perNetwork && done >= price - bargain)
    return { failures: here - 1, alarm: everywhere === freeForStrangers, counted }
  await attempts.takeBack(counted)
  if (fromNetwork > limits.perNetwork) return { refused: 'limit_mu' }
  return here > limits.perAccount ? { refused: 'limit_wc' } : mustWork(guess, price, ctx)
}

const priceOf = (attempts: number): number =>
  attempts < freeForStrangers
    ? 0
    : Math.min(work.most, work.least + Math.floor((attempts - freeForStrangers) / work.every))

const mustWork = (guess: Guess, bits: number, ctx: Context): Admission => ({
  refused: 'work',
  challenge: askForWork(subjectOf(guess, ctx), bits, ctx),
})

/**
 * A wrong password stays counted, and against the network in any case, whichever account it was for. In the tenant it makes no door close,
 * only work for those who guess: whoever could close a tenant by guessing would.
 */
export async function countFailure({ counted }: Admitted, ctx: Context): Promise<void> {
  const keys = [tenantKey, networkKey(ctx)].filter((key) => !counted.includes(key))
  const [inTenant] = await ctx.store.attempts.countAll(
    keys.map((key) => ({ key, windowMs: hour })),
    ctx.now(),
  )
  if (inTenant === manyInTenant)
    ctx.log({ type: 'w', description: `${manyInTenant} wrong passwords within an hour, from all addresses together` })
}

/**
 * The right password clears the count of the account from here. Of the account's count among strangers, and of the network's, it takes
 * back itself alone: else a guesser could go on for free after each sign-in of the owner, or wash the network with an
 * account of their own.
 */
export async function forgetFailures({ counted }: Admitted, ctx: Context): Promise<void> {
  const [own, ...others] = counted
  if (own === undefined) return
  if (own === networkKey(ctx)) await ctx.store.attempts.takeBack(counted)
  else await ctx.store.attempts.takeBack(others, own)
}

/** The password was never compared. */
export async function forgetAttempt({ counted }: Admitted, ctx: Context): Promise<void> {
  if (counted.length > 0) await ctx.store.attempts.takeBack(counted)
}

const nameOf = ({ connection, identifier }: Guess) => `${connection}\n${identifier}`
/** Work for one name from one network is none for others. */
const subjectOf = (guess: Guess, ctx: Context) => `${nameOf(guess)}\n${networkOf(ctx.caller.ip)}`

const pairKey = (guess: Guess, ctx: Context) => `password:${digest(subjectOf(guess, ctx))}`
export const accountKey = (guess: Guess) => `password-account:${digest(nameOf(guess))}`
const browserKey = (guess: Guess) => `password-browser:${digest(`${nameOf(guess)}\n${guess.knownBrowser}`)}`
export const tenantKey = 'password-tenant'
const networkKey = (ctx: Context) => `password-address:${networkOf(ctx.caller.ip)}`
