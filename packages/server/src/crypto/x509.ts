import type { KeyObject } from 'node:crypto'
import type { JsonNameParams } from '@peculiar/x509'

/**
 * The certificate library, loaded when a certificate is made and not before: it costs 0.2 s, and most starts make none.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  addMetadata()
  return import('@peculiar/x509')
}

/**
 * Its dependency container refuses to load without the four functions of `reflect-metadata` that it calls. They are a
 * map from object and key to value.
 */
function addMetadata(): void {
  if ('getMetadata' in Reflect) return
  const metadata = new WeakMap<object, Map<unknown, unknown>>()
  const defineMetadata = (key: unknown, value: unknown, target: object) => {
    const known = metadata.get(target) ?? new Map<unknown, unknown>()
    metadata.set(target, known.set(key, value))
  }
  const getOwnMetadata = (key: unknown, target: object) => metadata.get(target)?.get(key)
  const getMetadata = (key: unknown, target: object | null): unknown =>
    target === null ? undefined : (getOwnMetadata(key, target) ?? getMetadata(key, Object.getPrototypeOf(target)))

  Object.assign(Reflect, {
    defineMetadata,
    getOwnMetadata,
    getMetadata,
    metadata: (key: unknown, value: unknown) => (target: object) => defineMetadata(key, value, target),
  })
}

/** A positive serial number of 16 bytes that starts with neither zeros nor a sign (RFC 5280 §4.1.2.2). */
export function serialNumber(bytes: Uint8Array): string {
  const serial = Buffer.from(bytes)
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0)
  return serial.toString('hex')
}

/** A name that is the text and nothing else: given a plain string, the library would look for quotes and more attributes. */
export function commonName(text: string): JsonNameParams {
  return [{ CN: [{ utf8String: text.slice(0, 64) }] }] // ub-common-name (RFC 5280 appendix A.1)
}

/** The library speaks of the browser's CryptoKey; Node's is the same, but its list of usages has grown. */
export function toCryptoKey(key: KeyObject, algorithm: EcKeyImportParams | RsaHashedImportParams): CryptoKey {
  return key.toCryptoKey(algorithm, true, [key.type === 'private' ? 'sign' : 'verify']) as CryptoKey
}
