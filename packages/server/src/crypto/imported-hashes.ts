import { pbkdf2, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { compareBcrypt } from './bcrypt.ts'
import { fromPhcBase64 } from './phc.ts'

/** How to check a password against a hash that was made elsewhere. */
export type ImportedHash = {
  /** False for a password that this kind of hash cannot tell from others. */
  canTell(password: Buffer): boolean
  verify(password: Buffer): Promise<boolean>
}

const pbkdf2Shape = /^\$pbkdf2-(sha1|sha256|sha384|sha512)\$i=(\d{1,7})(?:,l=(\d{1,4}))?\$([^$]+)\$([^$]+)$/
const scryptShape = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([^$]+)\$([^$]+)$/
const bcryptShape = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/

const maxIterations = 2_000_000
const maxScryptMemory = 256 * 1024 * 1024
const maxBcryptCost = 14
const minHashLength = 16
const maxHashLength = 512

const derivePbkdf2 = promisify(pbkdf2)
const deriveScrypt = promisify<Buffer, Buffer, number, ScryptOptions, Buffer>(scrypt)

/**
 * The kinds that Auth0's bulk import takes, apart from plain digests. Undefined for anything else, and for hashes so dear
 * that checking them would be an attack (SEC-293) or so short that a guess would hit.
 */
export function parseImportedHash(encoded: string): ImportedHash | undefined {
  return parseBcrypt(encoded) ?? parsePbkdf2(encoded) ?? parseScrypt(encoded)
}

/**
 * Bcrypt sees 72 bytes and repeats a shorter password after a NUL, so "a" and "a\0a" are one to it (SEC-187). Passwords it
 * would confuse are refused: their owner sets a new one, which no longer has these limits.
 */
function parseBcrypt(encoded: string): ImportedHash | undefined {
  const cost = Number(bcryptShape.exec(encoded)?.[1])
  if (!(cost >= 4 && cost <= maxBcryptCost)) return undefined
  return {
    canTell: (password) => password.length <= 72 && !password.includes(0),
    verify: (password) => compareBcrypt(password.toString(), encoded),
  }
}

function parsePbkdf2(encoded: string): ImportedHash | undefined {
  const [, digest, i, l, saltText, hashText] = pbkdf2Shape.exec(encoded) ?? []
  const parts = saltAndHash(saltText, hashText)
  const iterations = Number(i)
  if (!digest || !parts || iterations < 1 || iterations > maxIterations) return undefined
  if (l !== undefined && Number(l) !== parts.hash.length) return undefined
  return {
    canTell: () => true,
    verify: async (password) =>
      timingSafeEqual(await derivePbkdf2(password, parts.salt, iterations, parts.hash.length, digest), parts.hash),
  }
}

function parseScrypt(encoded: string): ImportedHash | undefined {
  const [, ln, r, p, saltText, hashText] = scryptShape.exec(encoded) ?? []
  const parts = saltAndHash(saltText, hashText)
  const options = { N: 2 ** Number(ln), r: Number(r), p: Number(p), maxmem: 2 * maxScryptMemory }
  if (!parts || !(options.N > 1) || options.r < 1 || options.p < 1) return undefined
  if (128 * options.N * options.r * options.p > maxScryptMemory) return undefined
  return {
    canTell: () => true,
    verify: async (password) =>
      timingSafeEqual(await deriveScrypt(password, parts.salt, parts.hash.length, options), parts.hash),
  }
}

function saltAndHash(saltText = '', hashText = ''): { salt: Buffer; hash: Buffer } | undefined {
  const [salt, hash] = [fromPhcBase64(saltText), fromPhcBase64(hashText)]
  if (!salt || !hash || hash.length < minHashLength || hash.length > maxHashLength) return undefined
  return { salt, hash }
}
