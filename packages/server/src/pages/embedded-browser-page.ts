import { html, named } from './html.ts'
import { largeShieldIcon } from './icons.ts'
import { layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { texts } from './texts/index.ts'

/** Refuses a web view inside an app, where the app could read the password (RFC 8252 §8.12). */
export interface EmbeddedBrowserPage {
  clientName?: string
}

export function embeddedBrowserPage({ clientName }: EmbeddedBrowserPage, around: Surroundings): Page {
  const { embedded } = texts[around.locale]
  const lead = clientName ? embedded.leadTo(named(clientName)) : embedded.lead
  const main = html`
    <div class="halo">${largeShieldIcon}</div>
    <h1>${embedded.title}</h1>
    <p class="lead">${lead}</p>
    <p class="lead">${embedded.advice}</p>`
  return layout({ title: embedded.title, main }, around)
}
