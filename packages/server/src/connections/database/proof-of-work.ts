import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import type { Context } from '#context.ts'
import { digest } from '#crypto/digest.ts'
import { randomToken } from '#crypto/random-id.ts'

/** Milliseconds in which the work must be done and sent. */
const lifetime = 10 * 60_000
/** What the page's script does, too (`pages/work-script.ts`): browsers do it as fast as anybody's processor (RFC 8018 §5.2). */
const iterations = 1000

const derive = promisify(pbkdf2)

/**
 * What a browser must compute before its guess counts: a number whose derived key begins with `bits` zero bits. Finding it takes 2^bits
 * tries of half a millisecond, and checking it takes one. It is for one name and one network, and good once.
 */
export function askForWork(subject: string, bits: number, ctx: Context): string {
  const terms = `${bits}.${ctx.now() + lifetime}.${randomToken(ctx.random, 16)}`
  return `${terms}.${ctx.sealer.mac(`${terms}\n${subject}`, purpose(ctx))}`
}

/** How many bits of work were done, and are spent now; 0 for none, another's, late, spent or wrong work. */
export async function spendWork(answer: string | undefined, subject: string, ctx: Context): Promise<number> {
  const [, challenge, terms, bits, until, mac, solution] = form.exec(answer ?? '') ?? []
  if (!challenge || !terms || !mac || !solution || Number(until) <= ctx.now()) return 0
  if (!ctx.sealer.checkMac(`${terms}\n${subject}`, purpose(ctx), mac)) return 0
  const key = await derive(solution, challenge, iterations, 4, 'sha256')
  if (key.readUInt32BE() >>> (32 - Number(bits)) !== 0) return 0
  const uses = await ctx.store.attempts.count(`work:${digest(challenge)}`, ctx.now(), lifetime)
  return uses === 1 ? Number(bits) : 0
}

const form = /^((([1-9]\d?)\.(\d{1,16})\.[\w-]{22})\.([\w-]{43}))\.(\d{1,12})$/
const purpose = (ctx: Context) => `work:${ctx.tenant.id}`
