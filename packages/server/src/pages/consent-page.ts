import { bdi, html } from './html.ts'
import { checkIcon } from './icons.ts'
import { actionButton } from './layout.ts'
import type { FormTarget, Page, Requester, Surroundings, WayBack } from './page.ts'
import { accountLine, requesterPanel, requesterWarning } from './requester.ts'
import { safeImageUrl } from './safe-url.ts'
import { type RequestedScope, scopeItems } from './scope-words.ts'
import { texts } from './texts/index.ts'
import { formPage } from './way-back.ts'

/** Posts `action`: `accept`, `deny`, or `switch` to sign in as somebody else. */
export interface ConsentPage extends FormTarget, WayBack, Requester {
  /** Who is signed in: an email address or a name. */
  account: string
  scopes: readonly RequestedScope[]
  /** The API's name, when the scopes are an API's. */
  audienceName?: string
}

export function consentPage(props: ConsentPage, around: Surroundings): Page {
  const words = texts[around.locale]
  const { consent } = words
  const what = props.audienceName ? consent.canDoAt(bdi(props.audienceName)) : consent.canDo
  const items = scopeItems(props.scopes, around.locale).map((item) => html`<li>${checkIcon}<span>${item}</span></li>`)
  const asked = items.length > 0 && html`<div class="scopes"><h2>${what}</h2><ul>${items}</ul></div>`
  return formPage(
    {
      title: consent.title,
      dense: true,
      top: html`<h1>${consent.heading(bdi(props.clientName))}</h1>`,
      form: html`
        ${requesterPanel(props, words)}
        ${asked}
        ${accountLine(props.account, words.account)}
        ${requesterWarning(props, words)}
        <div class="buttons">
          ${actionButton('accept', 'primary', consent.allow)}
          ${actionButton('deny', 'outline', consent.deny)}
        </div>`,
      images: [safeImageUrl(props.clientLogoUrl)],
    },
    props,
    around,
  )
}
