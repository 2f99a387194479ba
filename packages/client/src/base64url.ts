// btoa and atob are the only base64 that browsers, React Native, Electron and Node.js have in common.

export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Strict, unlike atob: no padding, no blanks, no other alphabet (RFC 7515 §2). Throws a SyntaxError. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new SyntaxError('not base64url')
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** UTF-8 without TextDecoder, which some React Native versions lack. Throws a URIError when it is not UTF-8. */
export function utf8FromBase64url(text: string): string {
  const escaped = Array.from(fromBase64url(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`)
  return decodeURIComponent(escaped.join(''))
}
