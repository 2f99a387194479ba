import { type Argon2Algorithm, argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { fromPhcBase64, toPhcBase64 } from './phc.ts'

export type Argon2Cost = { memory: number; passes: number; parallelism: number }
type Argon2Hash = Argon2Cost & { algorithm: Argon2Algorithm; salt: Buffer; tag: Buffer }

const derive = promisify(argon2)
const shape = /^\$(argon2id|argon2i|argon2d)\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([^$]+)\$([^$]+)$/
const maxMemory = 256 * 1024
const maxWork = 2 * 1024 * 1024

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, with memory in KiB (RFC 9106 §3.1, the PHC string format). */
export async function hashArgon2id(password: Buffer, cost: Argon2Cost, salt: Uint8Array): Promise<string> {
  const tag = await derive('argon2id', { message: password, nonce: salt, tagLength: 32, ...cost })
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${toPhcBase64(salt)}$${toPhcBase64(tag)}`
}

/** Undefined unless it is a hash whose cost an import may impose on us: 256 MiB, and 8 passes over that. */
export function parseArgon2(encoded: string): Argon2Hash | undefined {
  const [, algorithm, m, t, p, saltText = '', tagText = ''] = shape.exec(encoded) ?? []
  const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)]
  const [salt, tag] = [fromPhcBase64(saltText), fromPhcBase64(tagText)]
  if (!algorithm || !salt || !tag || salt.length < 8 || tag.length < 16) return undefined
  if (passes < 1 || parallelism < 1 || memory < 8 * parallelism) return undefined
  if (memory > maxMemory || memory * passes > maxWork) return undefined
  return { algorithm: algorithm as Argon2Algorithm, memory, passes, parallelism, salt, tag }
}

export async function verifyArgon2(password: Buffer, hash: Argon2Hash): Promise<boolean> {
  const { algorithm, salt, tag, ...cost } = hash
  return timingSafeEqual(
    await derive(algorithm, { message: password, nonce: salt, tagLength: tag.length, ...cost }),
    tag,
  )
}
