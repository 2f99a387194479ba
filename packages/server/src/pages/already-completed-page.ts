import { html, named } from './html.ts'
import { largeCheckIcon } from './icons.ts'
import { layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { safeUrl } from './safe-url.ts'
import { texts } from './texts/index.ts'

/** The login was already finished, in this tab or another. */
export interface AlreadyCompletedPage {
  clientName?: string
  continueHref?: string
}

export function alreadyCompletedPage(props: AlreadyCompletedPage, around: Surroundings): Page {
  const { completed } = texts[around.locale]
  const href = safeUrl(props.continueHref)
  const lead = props.clientName ? completed.leadTo(named(props.clientName)) : completed.lead
  const main = html`
    <div class="halo good">${largeCheckIcon}</div>
    <h1>${completed.heading}</h1>
    <p class="lead">${lead}</p>
    ${href && html`<div class="stack"><a class="button primary" href="${href}">${completed.goOn}</a></div>`}`
  return layout({ title: completed.title, main }, around)
}
