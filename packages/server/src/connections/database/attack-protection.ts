import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { networkOf } from '#network.ts'
import { attackProtectionOf } from '#tenants/tenant.ts'

interface Account {
  connection: string
  identifier: string
}

/** Milliseconds. An account opens by itself again, so that nobody can lock its owner out for good (SEC-196). */
const accountWindow = 15 * 60_000
const addressWindow = 60 * 60_000

/**
 * Counts the attempt before the password is looked at, so that parallel guesses cannot pass the limit (SEC-194).
 * @returns the log code of the limit that was reached: `limit_wc` (account from this address) or `limit_mu` (address); else how often
 * it went wrong since the password was last right
 */
export async function admit(account: Account, ctx: Context): Promise<'limit_wc' | 'limit_mu' | { failures: number }> {
  const { bruteForceProtection, suspiciousIpThrottling } = attackProtectionOf(ctx.tenant)
  const address = networkOf(ctx.caller.ip)
  if (suspiciousIpThrottling.enabled && !suspiciousIpThrottling.allowlist.includes(ctx.caller.ip)) {
    const failures = await ctx.store.attempts.read(addressKey(address), ctx.now())
    if (failures >= suspiciousIpThrottling.maxAttempts) return 'limit_mu'
  }
  if (bruteForceProtection.enabled && !bruteForceProtection.allowlist.includes(ctx.caller.ip)) {
    const count = await ctx.store.attempts.count(accountKey(account, address), ctx.now(), accountWindow)
    return count > bruteForceProtection.maxAttempts ? 'limit_wc' : { failures: count - 1 }
  }
  return { failures: 0 }
}

/** Wrong passwords within an hour in the whole tenant, from which on the log says so (SEC-193). */
export const manyInTenant = 10_000
/**
 * A wrong password counts against the address, whichever account it was for. In the tenant it is only counted and told: whoever
 * could close a tenant by guessing would.
 */
export async function countFailure(ctx: Context): Promise<void> {
  if ((await ctx.store.attempts.count(tenantKey, ctx.now(), addressWindow)) === manyInTenant)
    ctx.log({ type: 'w', description: `${manyInTenant} wrong passwords within an hour, from all addresses together` })
  if (!attackProtectionOf(ctx.tenant).suspiciousIpThrottling.enabled) return
  await ctx.store.attempts.count(addressKey(networkOf(ctx.caller.ip)), ctx.now(), addressWindow)
}

/** The right password clears the account's count, never the address's: else an account of one's own would wash it. */
export async function forgetFailures(account: Account, ctx: Context): Promise<void> {
  const { bruteForceProtection } = attackProtectionOf(ctx.tenant)
  if (!bruteForceProtection.enabled || bruteForceProtection.allowlist.includes(ctx.caller.ip)) return
  await ctx.store.attempts.clear(accountKey(account, networkOf(ctx.caller.ip)))
}

const accountKey = ({ connection, identifier }: Account, address: string) =>
  `password:${digest(`${connection}\n${identifier}\n${address}`)}`
export const tenantKey = 'password-tenant'
const addressKey = (address: string) => `password-address:${address}`
