import { availableParallelism } from 'node:os'
import { type Argon2Cost, hashArgon2id, parseArgon2, verifyArgon2 } from './argon2.ts'
import { boundedQueue } from './bounded-queue.ts'
import { parseImportedHash } from './imported-hashes.ts'
import { type Random, systemRandom } from './random-id.ts'

export { Overloaded } from './bounded-queue.ts'

export type PasswordVerdict = {
  ok: boolean
  /** The password is right, but its hash is of an older or foreign kind: store `hash(password)` instead (SEC-186). */
  upgrade: boolean
}

/**
 * Every method may throw `Overloaded`. None throws for what a stranger typed or what a database holds, except `hash`. Those who wait
 * take turns by `tenantId`, so that one tenant's crowd does not keep out another's people (SEC-262).
 */
export type PasswordKdf = {
  /** @throws RangeError for a password that `verify` would never accept: the password policy must come first */
  hash(password: string, tenantId?: string): Promise<string>
  verify(password: string, encoded: string, tenantId?: string): Promise<PasswordVerdict>
  /**
   * Costs what `verify` costs, for a user who does not exist (SEC-190). Only a user whose hash was imported can be told apart
   * by the time it takes, until the first login upgrades it: to hide that, everybody would have to wait for bcrypt.
   */
  verifyNothing(password: string, tenantId?: string): Promise<void>
}

export type PasswordKdfOptions = {
  /** How many passwords are worked on at a time. One core stays free for signing and everything else. */
  concurrency?: number
  /** How many of one tenant may wait; the next is refused with `Overloaded`. */
  queueLimit?: number
  random?: Random
}

/** 19 MiB, two passes: OWASP's first choice for Argon2id, about 35 ms. */
const cost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const secondsEach = 0.05
const maxPasswordBytes = 4096
const refused: PasswordVerdict = { ok: false, upgrade: false }

/**
 * Hashes and checks passwords off the event loop, a few at a time (SEC-293). A password is its UTF-8 bytes, all of them, as
 * typed: nothing is normalised, trimmed or cut off (SEC-187).
 */
export function createPasswordKdf(options: PasswordKdfOptions = {}): PasswordKdf {
  const { concurrency = Math.max(1, availableParallelism() - 1), queueLimit = 64, random = systemRandom } = options
  const queue = boundedQueue(concurrency, queueLimit, secondsEach)
  const hashNow = (password: Buffer) => hashArgon2id(password, cost, random(16))

  return {
    async hash(password, tenantId) {
      const bytes = toBytes(password)
      if (!bytes) throw new RangeError(`a password has at most ${maxPasswordBytes} bytes of well-formed text`)
      return queue.run(() => hashNow(bytes), tenantId)
    },

    async verify(password, encoded, tenantId) {
      const bytes = toBytes(password)
      return bytes ? queue.run(() => check(bytes, encoded, hashNow), tenantId) : refused
    },

    async verifyNothing(password, tenantId) {
      const bytes = toBytes(password)
      if (bytes) await queue.run(() => hashNow(bytes), tenantId)
    },
  }
}

/**
 * Undefined for what is no password: beyond any sentence a person would type, or with lone surrogates, which UTF-8 would
 * all spell alike. Known and unknown users are told so equally fast.
 */
function toBytes(password: string): Buffer | undefined {
  if (password.length > maxPasswordBytes || !password.isWellFormed()) return undefined
  const bytes = Buffer.from(password)
  return bytes.length <= maxPasswordBytes ? bytes : undefined
}

async function check(password: Buffer, encoded: string, hashNow: (password: Buffer) => Promise<string>) {
  const own = parseArgon2(encoded)
  if (own) {
    const ok = await verifyArgon2(password, own)
    return { ok, upgrade: ok && !isCurrent(own) }
  }
  const imported = parseImportedHash(encoded)
  if (!imported?.canTell(password)) {
    await hashNow(password) // as long as for an unknown user: which users we could never let in is nobody's business
    return refused
  }
  const ok = await imported.verify(password)
  return { ok, upgrade: ok }
}

function isCurrent(hash: NonNullable<ReturnType<typeof parseArgon2>>): boolean {
  const { algorithm, memory, passes, parallelism, tag } = hash
  return (
    algorithm === 'argon2id' &&
    memory === cost.memory &&
    passes === cost.passes &&
    parallelism === cost.parallelism &&
    tag.length === 32
  )
}
