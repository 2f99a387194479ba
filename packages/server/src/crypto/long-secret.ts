const minimumLength = 32
const minimumVariety = 8
const examples =
  /change.?(me|this|it)|example|placeholder|replace.?(me|this)|your.?(own.?)?(secret|key)|password|insecure|test.?secret|super.?secret|lorem|keywright/i

/** The secret would not keep anything secret. The message says why, in words for the operator, without repeating it. */
export class WeakSecret extends Error {
  override readonly name = 'WeakSecret'
}

/**
 * Refuses a secret that somebody could guess: short, empty, or copied from an example (SEC-300).
 * @throws WeakSecret
 */
export function requireLongSecret(secret: string): string {
  const weakness = weaknessOf(secret)
  if (weakness) throw new WeakSecret(`${weakness}; make one with: openssl rand -base64 48`)
  return secret
}

function weaknessOf(secret: string): string | undefined {
  if (secret.trim().length < minimumLength) return `it has fewer than ${minimumLength} characters`
  if (examples.test(secret)) return 'it looks like a placeholder from an example'
  if (new Set(secret).size < minimumVariety) return `it has fewer than ${minimumVariety} different characters`
  // A text that repeats a shorter one is found in its double before its own end.
  if ((secret + secret).indexOf(secret, 1) < secret.length) return 'it repeats a shorter text'
  if (stepsByOne(secret) > secret.length / 2) return 'it counts through the alphabet'
  return undefined
}

/** How many characters follow their neighbour in the alphabet, up or down. */
function stepsByOne(text: string): number {
  const codes = Array.from(text, (character) => character.charCodeAt(0))
  return codes.filter((code, index) => Math.abs(code - (codes[index - 1] ?? Number.NaN)) === 1).length
}
