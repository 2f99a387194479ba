import { html, named } from './html.ts'
import { actionButton } from './layout.ts'
import type { FormTarget, Page, Requester, Surroundings, WayBack } from './page.ts'
import { accountLine, requesterPanel, requesterWarning } from './requester.ts'
import { safeImageUrl } from './safe-url.ts'
import { texts } from './texts/index.ts'
import { formPage } from './way-back.ts'

/** “Continue to {app} as {account}?” Posts `action`: `accept`, `deny` or `switch`. */
export interface ConfirmationPage extends FormTarget, WayBack, Requester {
  account: string
}

export function confirmationPage(props: ConfirmationPage, around: Surroundings): Page {
  const words = texts[around.locale]
  const { confirmation } = words
  return formPage(
    {
      title: confirmation.title,
      top: html`<h1>${confirmation.heading(named(props.clientName))}</h1><p class="lead">${confirmation.lead}</p>`,
      form: html`
        ${requesterPanel(props, words)}
        ${accountLine(props.account, words.account)}
        ${requesterWarning(props, words)}
        <div class="buttons">
          ${actionButton('accept', 'primary', confirmation.accept)}
          ${actionButton('deny', 'outline', confirmation.deny)}
        </div>`,
      images: [safeImageUrl(props.clientLogoUrl)],
    },
    props,
    around,
  )
}
