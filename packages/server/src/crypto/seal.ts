import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { fromBase64url } from './base64url.ts'

export { requireLongSecret, WeakSecret } from './long-secret.ts'

/** What was to be opened is not ours, not whole, or not for this purpose. Which of them is nobody's business. */
export class SealError extends Error {
  override readonly name: string = 'SealError'
}

/** For whoever runs the server: it is the secret that is missing. Callers need not tell it from the rest. */
class UnknownSecret extends SealError {
  override readonly name = 'UnknownSecret'
}

/**
 * Encrypts what the database may hold but must not know. Every purpose has keys of its own (SEC-301), so that what was
 * sealed for one opens nothing elsewhere. Put whatever must not be exchanged into the purpose: `signing-key:<tenant id>`.
 */
export type Sealer = {
  seal(plaintext: string | Uint8Array, purpose: string): string
  /** @throws SealError */
  open(sealed: string, purpose: string): Buffer
  /** True if an earlier secret sealed it: open it and seal it again, and that secret can be retired (SEC-299). */
  isStale(sealed: string): boolean
  /** Vouches for a value that travels in the open: CSRF tokens, cookies. */
  mac(value: string, purpose: string): string
  checkMac(value: string, purpose: string, mac: string): boolean
}

const version = 'kw1'
const nonceLength = 12
const tagLength = 16
const rememberedKeys = 4096

/**
 * @param secret the key-encryption secret, kept outside the database (SEC-114); see `requireLongSecret`
 * @param previous earlier secrets, still good for opening and checking, never for sealing
 */
export function createSealer(secret: string, previous: readonly string[] = []): Sealer {
  const current = keysOf(secret)
  const all = [current, ...previous.map(keysOf)]

  return {
    seal(plaintext, purpose) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', current.key('seal', purpose), nonce, { authTagLength: tagLength })
      cipher.setAAD(Buffer.from(purpose))
      const encrypted = [cipher.update(plaintext), cipher.final()]
      const body = Buffer.concat([nonce, ...encrypted, cipher.getAuthTag()])
      return `${version}.${current.id}.${body.toString('base64url')}`
    },

    open(sealed, purpose) {
      const { id, body } = parse(sealed)
      const keys = all.find((candidate) => candidate.id === id)
      if (!keys) throw new UnknownSecret('sealed under a secret that this server does not have')
      return decrypt(body, keys.key('seal', purpose), purpose)
    },

    isStale: (sealed) => parse(sealed).id !== current.id,

    mac: (value, purpose) => hmac(value, current.key('mac', purpose)).toString('base64url'),

    checkMac(value, purpose, mac) {
      const claimed = fromBase64url(mac)
      if (claimed?.length !== 32) return false
      return all.some((keys) => timingSafeEqual(hmac(value, keys.key('mac', purpose)), claimed))
    },
  }
}

function parse(sealed: string) {
  const [prefix, id, text, ...more] = sealed.split('.')
  const body = text === undefined ? undefined : fromBase64url(text)
  if (prefix !== version || !id || !body || more.length > 0 || body.length < nonceLength + tagLength) {
    throw new SealError('not a sealed value')
  }
  return { id, body }
}

function decrypt(body: Buffer, key: Buffer, purpose: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, nonceLength), { authTagLength: tagLength })
  decipher.setAAD(Buffer.from(purpose))
  decipher.setAuthTag(body.subarray(-tagLength))
  const start = decipher.update(body.subarray(nonceLength, -tagLength))
  try {
    return Buffer.concat([start, decipher.final()])
  } catch (cause) {
    throw new SealError('sealed for another purpose, or changed since', { cause })
  }
}

function hmac(value: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(value).digest()
}

/** The keys of one secret, made when first needed (RFC 5869) and remembered. */
function keysOf(secret: string) {
  const derive = (label: string) => Buffer.from(hkdfSync('sha256', secret, 'keywright', label, 32))
  const remembered = new Map<string, Buffer>()
  return {
    /** Names the secret without revealing it: which of several to open with. */
    id: derive('id').toString('base64url').slice(0, 8),

    key(use: 'seal' | 'mac', purpose: string): Buffer {
      const label = `${use}:${purpose}`
      const known = remembered.get(label)
      if (known) return known
      if (remembered.size >= rememberedKeys) remembered.clear()
      const made = derive(label)
      remembered.set(label, made)
      return made
    },
  }
}
