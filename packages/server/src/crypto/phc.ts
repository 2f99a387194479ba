/** Base64 as password hashes write it: the usual alphabet, no padding (the PHC string format). */
export function toPhcBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('base64')
    .replace(/={1,2}$/, '')
}

/** Undefined unless the text is the one canonical spelling. */
export function fromPhcBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return toPhcBase64(bytes) === text ? bytes : undefined
}
