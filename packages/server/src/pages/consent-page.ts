import { html, named } from './html.ts'
import { actionButton } from './layout.ts'
import type { FormTarget, Page, Requester, Surroundings, WayBack } from './page.ts'
import { accountLine, requesterPanel, requesterWarning } from './requester.ts'
import { safeImageUrl } from './safe-url.ts'
import { scopeList } from './scope-list.ts'
import type { RequestedScope } from './scope-words.ts'
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
  return formPage(
    {
      title: consent.title,
      class: 'dense',
      top: html`<h1>${consent.heading(named(props.clientName))}</h1>`,
      form: html`
        ${requesterPanel(props, words)}
        ${scopeList(props.scopes, props.audienceName, around.locale)}
        ${accountLine(props.account, words.account)}
        ${requesterWarning(props, words)}
        <div class="buttons decision">
          ${actionButton('accept', 'primary', consent.allow)}
          ${actionButton('deny', 'outline', consent.deny)}
        </div>`,
      images: [safeImageUrl(props.clientLogoUrl)],
    },
    props,
    around,
  )
}
