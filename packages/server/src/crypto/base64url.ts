/**
 * Bytes of a base64url text, or undefined unless it is the one canonical spelling (RFC 7515 §2, RFC 4648 §3.5): Node
 * alone would skip foreign characters and ignore stray bits, and one signature would have many texts (SEC-108).
 */
export function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}
