import { bdi, type Html, html } from './html.ts'
import type { Locale } from './locale.ts'
import { texts } from './texts/index.ts'

export interface RequestedScope {
  value: string
  description?: string
}

/**
 * What the scopes mean, in plain words: OpenID Connect's in ours, an API's in its own descriptions; without them
 * `action:resource` gathers under the resource. Auth0: groups likewise.
 */
export function scopeItems(scopes: readonly RequestedScope[], locale: Locale): Html[] {
  const words = texts[locale]
  const known: Record<string, string | undefined> = words.scopes
  const items: (Html | Group)[] = []
  const groups = new Map<string, Group>()

  for (const { value, description } of scopes) {
    const meaning = description || (Object.hasOwn(known, value) ? known[value] : undefined)
    const [action, resource] = splitAtColon(value)
    const group = groups.get(resource)
    if (meaning) items.push(bdi(meaning))
    else if (!resource) items.push(bdi(value))
    else if (group) group.actions.push(action)
    else {
      const started = { resource, actions: [action] }
      groups.set(resource, started)
      items.push(started)
    }
  }
  return items.map((item) => ('resource' in item ? groupItem(item, locale) : item))
}

interface Group {
  resource: string
  actions: string[]
}

function splitAtColon(scope: string): [action: string, resource: string] {
  const colon = scope.indexOf(':')
  return colon < 1 ? [scope, ''] : [scope.slice(0, colon), scope.slice(colon + 1)]
}

function groupItem({ resource, actions }: Group, locale: Locale): Html {
  const known: Record<string, string | undefined> = texts[locale].actions
  const named = actions.map((action) => bdi((Object.hasOwn(known, action) ? known[action] : undefined) ?? action))
  return html`${bdi(resource)} <span class="small">${named.map((name, i) => (i > 0 ? html` · ${name}` : name))}</span>`
}
