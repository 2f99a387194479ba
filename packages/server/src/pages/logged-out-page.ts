import { html, named } from './html.ts'
import { largeCheckIcon } from './icons.ts'
import { layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { safeUrl } from './safe-url.ts'
import { texts } from './texts/index.ts'

export interface LoggedOutPage {
  clientName?: string
  /** Where to go on; only an address that has been checked. */
  continueHref?: string
}

export function loggedOutPage({ clientName, continueHref }: LoggedOutPage, around: Surroundings): Page {
  const { loggedOut } = texts[around.locale]
  const href = safeUrl(continueHref)
  const onward = clientName ? loggedOut.continueTo(named(clientName)) : loggedOut.goOn
  const main = html`
    <div class="halo good">${largeCheckIcon}</div>
    <h1>${loggedOut.title}</h1>
    <p class="lead">${loggedOut.lead}</p>
    ${href && html`<div class="stack"><a class="button primary" href="${href}"><span>${onward}</span></a></div>`}`
  return layout({ title: loggedOut.title, main }, around)
}
