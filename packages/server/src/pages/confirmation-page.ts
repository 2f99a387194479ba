import type { FormTarget, Page, Requester, Surroundings, WayBack } from './page.ts'

/** “Continue to {app} as {account}?” Posts `action`: `accept`, `deny` or `switch`. */
export interface ConfirmationPage extends FormTarget, WayBack, Requester {
  account: string
}

export function confirmationPage(_props: ConfirmationPage, _around: Surroundings): Page {
  throw new Error('confirmationPage is not written yet')
}
