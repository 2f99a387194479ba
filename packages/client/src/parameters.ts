// React Native's URL and URLSearchParams are incomplete, and custom schemes differ between engines. Query strings are simple.

export type Parameters = Record<string, string | undefined>

/** `application/x-www-form-urlencoded`; what is undefined is left out. */
export function encodeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}

/** The parameters of a URL's query, each name with all its values. Throws a URIError on a broken percent escape. */
export function queryParameters(url: string): Map<string, string[]> {
  const [beforeFragment = ''] = url.split('#', 1)
  const start = beforeFragment.indexOf('?')
  const parameters = new Map<string, string[]>()
  if (start === -1) return parameters
  for (const pair of beforeFragment.slice(start + 1).split('&')) {
    if (pair === '') continue
    const separator = pair.indexOf('=')
    const name = decode(separator === -1 ? pair : pair.slice(0, separator))
    const value = separator === -1 ? '' : decode(pair.slice(separator + 1))
    parameters.set(name, [...(parameters.get(name) ?? []), value])
  }
  return parameters
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
