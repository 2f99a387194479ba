/** Markup that may enter a page as it stands. Only `html` and `raw` make it. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
  toString(): string {
    return this.markup
  }
}

export type Content = Html | string | number | false | undefined | null | readonly Content[]

/** Markup with strangers' values in it: each is escaped, for text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Html {
  const ours = unindented(strings)
  let markup = ours[0] ?? ''
  for (let i = 0; i < values.length; i++) markup += toMarkup(values[i]) + ours[i + 1]
  return new Html(markup)
}

/** A template is one array for the life of the process: our line breaks and indentation leave it only once. */
const templates = new WeakMap<TemplateStringsArray, readonly string[]>()

function unindented(strings: TemplateStringsArray): readonly string[] {
  const known = templates.get(strings)
  if (known) return known
  const ours = strings.map((text) =>
    text.replace(/([^>]?)\n\s*(?=([^<>]?))/g, (_, before, after) => before + (before && after ? ' ' : '')),
  )
  templates.set(strings, ours)
  return ours
}

/** Markup that we wrote ourselves. Never give it a value that came from outside. */
export const raw = (markup: string): Html => new Html(markup)

export const nothing = raw('')

/** A stranger's name inside our sentence: its direction stays its own, and it cannot turn ours around. */
export const bdi = (name: string): Html => html`<bdi>${withoutControls(name)}</bdi>`

/** As `bdi`, for names that somebody chose: one that is longer than any name does not push the decision out of sight. */
export const named = (name: string): Html => {
  const characters = Array.from(withoutControls(name))
  return bdi(characters.length > longestName ? `${characters.slice(0, longestName - 1).join('')}…` : name)
}

const longestName = 60

/** As `bdi`, for addresses: lines end behind a slash, `?` or `&`, and not in the middle of a word. */
export const breakable = (address: string): Html => {
  const parts = withoutControls(address).split(/(?<=[/?&])(?<!:\/{1,3})(?![/?&])/)
  return html`<bdi>${parts.map((part, index) => (index === 0 ? part : html`<wbr>${part}`))}</bdi>`
}

/** Marks, embeddings and isolates could make `com.evil` read as something else; C1 moves cursors where a page is read by curl. */
export const withoutControls = (text: string): string =>
  text.replace(/[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')

function toMarkup(value: Content): string {
  if (typeof value === 'string') return escapeMarkup(value)
  if (value instanceof Html) return value.markup
  if (typeof value === 'number') return String(value)
  if (value === false || value === undefined || value === null) return ''
  let markup = ''
  for (const item of value) markup += toMarkup(item)
  return markup
}

const special = /[&<>"'`\0\r\n]/

/** Line ends become references, because the parser would turn a bare CR into LF; NUL has no reference at all. */
export function escapeMarkup(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  if (!special.test(wellFormed)) return wellFormed
  return wellFormed.replace(/[&<>"'`\0\r\n]/g, (char) => references[char] ?? '')
}

const references: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '\0': '\ufffd',
  '\r': '&#13;',
  '\n': '&#10;',
}
