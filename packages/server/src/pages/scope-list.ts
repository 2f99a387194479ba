import { type Content, type Html, html, named, nothing } from './html.ts'
import { scopeIcons } from './icons.ts'
import type { Locale } from './locale.ts'
import { changes, type RequestedScope, type ScopeItem, scopeGroups, scopeItems } from './scope-words.ts'
import { texts } from './texts/index.ts'

/** Longer lists are folded: the reader sees first of which kind they are, and how many. */
const longest = 7

/** What is asked, in groups: about the user, of the API, and for how long. */
export function scopeList(scopes: readonly RequestedScope[], audienceName: string | undefined, locale: Locale): Html {
  if (scopes.length === 0 && !audienceName) return nothing
  const { consent } = texts[locale]
  const { aboutYou, api, lasting } = scopeGroups(scopes)
  // Without a scope, too, the app gets a token that names the user to the API.
  if (audienceName && api.length === 0) api.push({ value: audienceName, description: consent.nothingSpecial })
  return html`
    <div class="scopes">
      <p class="small">${consent.canDo}</p>
      ${group(consent.aboutYou, aboutYou, locale)}
      ${group(audienceName ? consent.inApi(named(audienceName)) : consent.further, api, locale)}
      ${group(consent.lasting, lasting, locale)}
    </div>`
}

function group(heading: Content, scopes: readonly RequestedScope[], locale: Locale): Html {
  if (scopes.length === 0) return nothing
  const items = scopeItems(scopes, locale)
  if (items.length <= longest) return html`<h2><span>${heading}</span></h2>${list(items, locale)}`
  const { looking, changing } = texts[locale].consent
  return html`
    <h2><span>${heading}</span> ${count(scopes)}</h2>
    ${fold(
      looking,
      scopes.filter((scope) => !changes(scope)),
      locale,
    )}
    ${fold(changing, scopes.filter(changes), locale)}`
}

const fold = (words: string, scopes: readonly RequestedScope[], locale: Locale): Html =>
  scopes.length === 0
    ? nothing
    : html`
        <details class="fold">
          <summary>${words} ${count(scopes)}</summary>
          ${list(scopeItems(scopes, locale), locale)}
        </details>`

const count = (scopes: readonly RequestedScope[]) => html`<span class="count">${scopes.length}</span>`

const list = (items: readonly ScopeItem[], locale: Locale) =>
  html`<ul>${items.map((item) => line(item, texts[locale].consent.mayChange))}</ul>`

/** Seeing and changing differ in shape and colour, and for those who see neither, in words. */
const line = ({ words, kind }: ScopeItem, mayChange: string) => html`
  <li${kind === 'change' && html` class="changes"`}>
    <span class="mark">${scopeIcons[kind]}</span>
    <span>${words}${kind === 'change' && html` <span class="unseen">(${mayChange})</span>`}</span>
  </li>`
