import { bdi, html, named } from './html.ts'
import { actionButton, monogram } from './layout.ts'
import type { FormTarget, Page, Surroundings, WayBack } from './page.ts'
import { texts } from './texts/index.ts'
import { formPage } from './way-back.ts'

/** For `prompt=select_account`. Posts `action`: `accept` to go on, `switch` for another account, `deny` to give up. */
export interface AccountChooserPage extends FormTarget, WayBack {
  account: string
}

export function accountChooserPage(props: AccountChooserPage, around: Surroundings): Page {
  const { chooser, account, confirmation } = texts[around.locale]
  return formPage(
    {
      title: chooser.title,
      top: html`<h1>${chooser.title}</h1><p class="lead">${chooser.toContinueTo(named(props.clientName))}</p>`,
      form: html`
        <div class="buttons">
          <button type="submit" name="action" value="accept" class="choice outline">
            ${monogram(props.account, 'tile face')}
            <span><span class="small">${chooser.continueAs}</span> ${bdi(props.account)}</span>
          </button>
          ${actionButton('switch', 'outline', account.useAnother)}
          ${actionButton('deny', 'quiet', confirmation.deny)}
        </div>`,
    },
    props,
    around,
  )
}
