import { html, named } from './html.ts'
import { largeBackIcon, largeCheckIcon } from './icons.ts'
import { layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { forgetAddressScript } from './scripts.ts'
import { texts } from './texts/index.ts'

/** The tenant's own callback, `/mobile`: the app reads the answer from the address, the user goes back to the app. */
export interface MobilePage {
  clientName?: string
  /** True when the answer is an error: then we do not say that all went well. */
  failed?: boolean
}

export function mobilePage({ clientName, failed }: MobilePage, around: Surroundings): Page {
  const { back } = texts[around.locale]
  const done = clientName ? back.headingTo(named(clientName)) : back.heading
  const main = failed
    ? html`<div class="halo">${largeBackIcon}</div><h1>${back.failedTitle}</h1><p class="lead">${back.failedLead}</p>`
    : html`<div class="halo good">${largeCheckIcon}</div><h1>${done}</h1><p class="lead">${back.lead}</p>`
  const screen = { title: failed ? back.failedTitle : back.title, main, scripts: [forgetAddressScript] }
  // A page with a code in its address asks nobody else for anything, not even for a logo (RFC 9700 §4.2.4).
  return layout(screen, { ...around, logoUrl: undefined })
}
