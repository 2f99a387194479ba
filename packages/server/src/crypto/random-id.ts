import { randomFillSync } from 'node:crypto'

/** Unpredictable bytes. The context hands one in, so that tests can choose what happens. */
export type Random = (size: number) => Uint8Array

const poolSize = 4096
const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** The operating system's generator (SEC-302), asked for a page at a time: a token costs no system call of its own. */
export const systemRandom: Random = pooled((bytes) => randomFillSync(bytes))

/** @param fill throws if the generator fails, and then nothing is handed out (SEC-302). */
export function pooled(fill: (bytes: Uint8Array) => void): Random {
  const pool = new Uint8Array(poolSize)
  let used = poolSize
  return (size) => {
    if (size > poolSize / 8) {
      const bytes = new Uint8Array(size)
      fill(bytes)
      return bytes
    }
    if (used + size > poolSize) {
      fill(pool)
      used = 0
    }
    const bytes = pool.slice(used, used + size)
    pool.fill(0, used, used + size) // a heap dump must not hold the secrets already given away
    used += size
    return bytes
  }
}

/** Base64url text of that many random bytes; 32 bytes are the 256 bits an opaque token needs (SEC-103). */
export function randomToken(random: Random, bytes = 32): string {
  return Buffer.from(random(bytes)).toString('base64url')
}

/** Letters and digits, each equally likely: Auth0's client ids are 32 of them, about 190 bits. */
export function randomAlphanumeric(random: Random, length: number): string {
  // 248 is the largest multiple of 62 in a byte; a plain remainder would favour the first eight letters.
  const fair = 256 - (256 % alphanumeric.length)
  let text = ''
  while (text.length < length) {
    for (const byte of random(length - text.length)) {
      if (byte < fair) text += alphanumeric.charAt(byte % alphanumeric.length)
    }
  }
  return text
}

/** Lower-case hexadecimal text of that many random bytes: twice as many characters. */
export function randomHex(random: Random, bytes: number): string {
  return Buffer.from(random(bytes)).toString('hex')
}
