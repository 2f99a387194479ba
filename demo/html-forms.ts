// Just enough HTML for the forms of a sign-in page: tags and attributes, no scripts.

export interface Button {
  name: string
  value: string
}

export interface Form {
  method: string
  action: string
  /** Every input that has a name and would be sent, with the value it starts with. */
  fields: Record<string, string>
  /** In the order of the page; only those that submit. */
  buttons: Button[]
}

/** The forms of a page, in its order. */
export function formsOf(html: string): Form[] {
  const visible = html.replaceAll(/<!--.*?-->|<(script|style|template)\b.*?<\/\1\s*>/gis, '')
  return Array.from(visible.matchAll(/<form\b([^>]*)>(.*?)<\/form\s*>/gis), ([, attributes = '', content = '']) => {
    const { method = 'get', action = '' } = attributesOf(attributes)
    return { method: method.toLowerCase(), action, fields: fieldsOf(content), buttons: buttonsOf(content) }
  })
}

function fieldsOf(content: string): Record<string, string> {
  const inputs = tagsOf(content, 'input').filter(({ type = 'text', name, disabled, checked }) => {
    if (!name || disabled !== undefined || /^(?:submit|button|image|reset|file)$/i.test(type)) return false
    return !/^(?:checkbox|radio)$/i.test(type) || checked !== undefined
  })
  return Object.fromEntries(inputs.map(({ name = '', type = 'text', value }) => [name, value ?? defaultValue(type)]))
}

const defaultValue = (type: string): string => (/^(?:checkbox|radio)$/i.test(type) ? 'on' : '')

function buttonsOf(content: string): Button[] {
  const buttons = [...content.matchAll(/<(button|input)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi)]
  return buttons
    .map(([, tag = '', attributes = '']) => ({ tag: tag.toLowerCase(), ...attributesOf(attributes) }))
    .filter(({ tag, type, disabled }: Record<string, string | undefined>) => {
      return disabled === undefined && (tag === 'button' ? (type ?? 'submit') === 'submit' : type === 'submit')
    })
    .map(({ name = '', value = '' }: Record<string, string | undefined>) => ({ name, value }))
}

function tagsOf(content: string, name: string): Record<string, string>[] {
  const tags = content.matchAll(new RegExp(`<${name}\\b((?:[^>"']|"[^"]*"|'[^']*')*)>`, 'gi'))
  return Array.from(tags, ([, attributes = '']) => attributesOf(attributes))
}

/** Quoted, unquoted and bare attributes; names in lower case. */
function attributesOf(text: string): Record<string, string> {
  const attributes = text.matchAll(/([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)
  return Object.fromEntries(
    Array.from(attributes, ([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decodeEntities(double ?? single ?? bare ?? ''),
    ]),
  )
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name = '') => {
    if (hex || decimal)
      return String.fromCodePoint(Math.min(hex ? Number.parseInt(hex, 16) : Number(decimal), 0x10ffff))
    return NAMED[String(name).toLowerCase()] ?? whole
  })
}

/** The words of the page's title, or of whatever element the pattern finds first. */
export function wordsOf(html: string, element = /<title\b[^>]*>(.*?)<\/title>/is): string {
  const markup = element.exec(html)?.[1] ?? ''
  return decodeEntities(markup.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim()
}
