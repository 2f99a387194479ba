import { html, named } from './html.ts'
import { largeLeaveIcon } from './icons.ts'
import { actionButton } from './layout.ts'
import type { FormTarget, Page, Surroundings, WayBack } from './page.ts'
import { signedInAs } from './requester.ts'
import { texts } from './texts/index.ts'
import { formPage } from './way-back.ts'

/** Posts `action`: `accept` to sign out, `deny` to stay (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutConfirmPage extends FormTarget, Omit<WayBack, 'clientName'> {
  account?: string
  clientName?: string
}

export function logoutConfirmPage(props: LogoutConfirmPage, around: Surroundings): Page {
  const { logout, account } = texts[around.locale]
  const who = props.account && html`<div class="who panel">${signedInAs(props.account, account)}</div>`
  return formPage(
    {
      title: logout.title,
      top: html`
        <div class="halo">${largeLeaveIcon}</div>
        <h1>${logout.title}</h1>
        <p class="lead">${logout.lead(named(around.tenantName))}</p>`,
      form: html`
        ${who}
        <div class="buttons">
          ${actionButton('accept', 'primary', logout.accept)}
          ${actionButton('deny', 'outline', logout.deny)}
        </div>`,
    },
    { ...props, clientName: props.clientName ?? around.tenantName },
    around,
  )
}
