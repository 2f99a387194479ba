/** The text is not JSON that every reader would understand alike. The message names the reason. */
export class StrictJsonError extends Error {
  override readonly name = 'StrictJsonError'
}

const defaultMaxDepth = 32

/**
 * Parses JSON only if there is one way to read it (SEC-108): readers disagree about duplicate members, lone surrogates and
 * broken UTF-8, and whoever checks must see what the one who acts will see (RFC 7515 §10.12, RFC 8259 §4 and §8.2).
 * Members named `__proto__` are refused as well, and nesting beyond `maxDepth` containers.
 * @throws StrictJsonError
 */
export function parseStrictJson(json: string | Uint8Array, { maxDepth = defaultMaxDepth } = {}): unknown {
  const text = typeof json === 'string' ? json : decodeUtf8(json)
  if (!text.isWellFormed()) throw new StrictJsonError('lone surrogate')

  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new StrictJsonError('not JSON') // V8's own message quotes the text, which may be secret
  }
  requireOneReading(text, maxDepth)
  return value
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new StrictJsonError('not UTF-8')
  }
}

/** One pass over a text that is known to be JSON, so that brackets, commas and strings suffice to find the members. */
function requireOneReading(text: string, maxDepth: number): void {
  const mayHideSurrogates = /\\u[dD][89a-fA-F]/.test(text)
  const containers: (Set<string> | undefined)[] = [] // the names seen so far; an array has none
  let nameIsNext = false

  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
        if (containers.length === maxDepth) throw new StrictJsonError(`nested deeper than ${maxDepth}`)
        nameIsNext = text.charCodeAt(at) === 0x7b
        containers.push(nameIsNext ? new Set() : undefined)
        break
      case 0x7d: // }
      case 0x5d: // ]
        containers.pop()
        nameIsNext = false
        break
      case 0x2c: // ,
        nameIsNext = containers.at(-1) !== undefined
        break
      case 0x22: {
        const end = endOfString(text, at)
        if (nameIsNext || mayHideSurrogates) {
          const string = unquote(text.slice(at, end + 1))
          if (mayHideSurrogates && !string.isWellFormed()) throw new StrictJsonError('lone surrogate')
          if (nameIsNext) requireNewName(string, containers.at(-1))
        }
        nameIsNext = false
        at = end
      }
    }
  }
}

function requireNewName(name: string, names: Set<string> | undefined): void {
  if (name === '__proto__') throw new StrictJsonError('member named __proto__')
  if (names?.has(name)) throw new StrictJsonError('duplicate member')
  names?.add(name)
}

/** Where the string that starts at this quotation mark has its closing one. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== 0x22; code = text.charCodeAt(at)) at += code === 0x5c ? 2 : 1
  return at
}

function unquote(literal: string): string {
  return literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
}
