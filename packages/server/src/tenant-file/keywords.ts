import { readFile } from 'node:fs/promises'
import { StartError } from '#errors.ts'
import type { Path } from './document.ts'

/** What keywords in tenant files stand for: `AUTH0_KEYWORD_REPLACE_MAPPINGS` of auth0-deploy-cli. */
export type Keywords = Readonly<Record<string, unknown>>

const setting = 'AUTH0_KEYWORD_REPLACE_MAPPINGS'

/**
 * @param said the mappings as JSON, or the path of a file that holds them or, as auth0-deploy-cli's own does, has them under that name
 * @throws StartError
 */
export async function readKeywords(said: string | undefined): Promise<Keywords> {
  if (said === undefined) return {}
  const inline = said.startsWith('{')
  const text = inline
    ? said
    : await readFile(said, 'utf8').catch((error: Error) => refuse(`cannot read ${error.message}`))
  const content = parseObject(text)
  const inner = inline ? undefined : content[setting]
  return inner === undefined ? content : parseObject(inner)
}

function parseObject(said: unknown): Keywords {
  try {
    const content: unknown = typeof said === 'string' ? JSON.parse(said) : said
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as Keywords
  } catch {
    // What JSON.parse says quotes the text, which may be a secret.
  }
  return refuse('expected a JSON object such as {"ENVIRONMENT": "dev"}')
}

function refuse(problem: string): never {
  throw new StartError(`${setting}: ${problem}. It may be a JSON object, or the path of a file with one.`)
}

/**
 * The text as auth0-deploy-cli would read it, replaced before it is parsed: `##NAME##` becomes the value as it is, `@@NAME@@`, with
 * quotes around it or not, its JSON.
 */
export function replaceKeywords(text: string, keywords: Keywords): string {
  const known = (name: string) => Object.hasOwn(keywords, name)
  const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return text
    .replace(/(["']?)@@([\w-]+)@@\1/g, (whole, _quote, name: string) =>
      known(name) ? JSON.stringify(keywords[name]) : whole,
    )
    .replace(/##([\w-]+)##/g, (whole, name: string) => (known(name) ? plain(keywords[name]) : whole))
    .replace(bareLeftOver, '"$&"')
}

/** As a whole value without quotes, `##NAME##` would be a comment, and so nothing; `@@NAME@@` would be no YAML. */
const bareLeftOver = /(?<=[:-][ \t]+)(##|@@)(?=[\w-]*[A-Z])[\w-]+\1(?=[ \t]*\r?$)/gm

/** A keyword nobody has replaced; undefined for names in lower case, which are Auth0's own variables in its templates and scripts. */
export function leftOverKeyword(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return value.match(/##[\w-]+##|@@[\w-]+@@/g)?.find((keyword) => keyword !== keyword.toLowerCase())
}

export interface LeftOver {
  path: Path
  keyword: string
}

/** Every keyword in a value, and where. */
export function leftOvers(value: unknown, path: Path = []): LeftOver[] {
  const keyword = leftOverKeyword(value)
  if (keyword !== undefined) return [{ path, keyword }]
  if (Array.isArray(value)) return value.flatMap((inner, index) => leftOvers(inner, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => leftOvers(inner, [...path, key]))
}

/** Why a keyword stops the start: its text would be taken for the value, and as a secret it would be known to everybody. */
export const notReplaced = (keyword: string): string =>
  `still holds ${keyword}: put its value into ${setting}, as for auth0-deploy-cli`

/** One line for all that nobody needs: Auth0's exports mask every secret of every connection so. */
export function unneededNote(file: string, keywords: readonly string[]): string {
  const names = [...new Set(keywords)]
  const few = names.slice(0, 5).join(', ')
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return `${file}: not replaced, in places that are not applied: ${few}${more}`
}
