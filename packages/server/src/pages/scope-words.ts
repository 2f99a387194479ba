import { bdi, type Html, html } from './html.ts'
import type { Locale } from './locale.ts'
import { type Texts, texts } from './texts/index.ts'

export interface RequestedScope {
  value: string
  description?: string
}

/** One line of the list: what the app may do, and of which kind that is. */
export interface ScopeItem {
  words: Html
  kind: keyof Texts['scopes'] | 'read' | 'change'
}

/** What is asked about the user, of the API, and for how long: three different things. */
export function scopeGroups(scopes: readonly RequestedScope[]) {
  const isOwn = ({ value }: RequestedScope) => Object.hasOwn(texts.en.scopes, value)
  const isLasting = ({ value }: RequestedScope) => value === 'offline_access'
  return {
    aboutYou: scopes.filter((scope) => isOwn(scope) && !isLasting(scope)),
    api: scopes.filter((scope) => !isOwn(scope)),
    lasting: scopes.filter(isLasting),
  }
}

/** Whether an API's scope may change something. */
export const changes = ({ value }: RequestedScope): boolean => kindOf([splitAtColon(value)[0]]) === 'change'

/**
 * What the scopes mean, in plain words: OpenID Connect's in ours, an API's in its own descriptions; without them
 * `action:resource` gathers under the resource. Auth0: groups likewise.
 */
export function scopeItems(scopes: readonly RequestedScope[], locale: Locale): ScopeItem[] {
  const words: Record<string, string | undefined> = texts[locale].scopes
  const items: (ScopeItem | Gathered)[] = []
  const gathered = new Map<string, Gathered>()

  for (const { value, description } of scopes) {
    const isOwn = Object.hasOwn(words, value)
    const meaning = description || (isOwn ? words[value] : undefined)
    const [action, resource] = splitAtColon(value)
    const known = gathered.get(resource)
    if (meaning || !resource) {
      const kind = isOwn ? (value as keyof Texts['scopes']) : kindOf([action])
      items.push({ words: bdi(meaning || value), kind })
    } else if (known) known.actions.push(action)
    else {
      const started = { resource, actions: [action] }
      gathered.set(resource, started)
      items.push(started)
    }
  }
  return items.map((item) => ('resource' in item ? gatheredItem(item, locale) : item))
}

interface Gathered {
  resource: string
  actions: string[]
}

const reading = new Set(['read', 'list', 'get', 'view', 'search', 'readonly'])

/** Only what says that it reads looks harmless: whatever else a name means, it may change something. */
const kindOf = (actions: readonly string[]): 'read' | 'change' =>
  actions.every((action) => reading.has(action.toLowerCase())) ? 'read' : 'change'

function splitAtColon(scope: string): [action: string, resource: string] {
  const colon = scope.indexOf(':')
  return colon < 1 ? [scope, ''] : [scope.slice(0, colon), scope.slice(colon + 1)]
}

function gatheredItem({ resource, actions }: Gathered, locale: Locale): ScopeItem {
  const known: Record<string, string | undefined> = texts[locale].actions
  const named = actions.map((action) => bdi((Object.hasOwn(known, action) ? known[action] : undefined) ?? action))
  const list = named.map((name, i) => (i > 0 ? html` · ${name}` : name))
  const words = html`${bdi(resource)} <span class="small">${list}</span>`
  return { words, kind: kindOf(actions) }
}
