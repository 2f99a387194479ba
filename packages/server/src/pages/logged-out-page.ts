import type { Page, Surroundings } from './page.ts'

export interface LoggedOutPage {
  clientName?: string
  /** Where to go on; only an address that has been checked. */
  continueHref?: string
}

export function loggedOutPage(_props: LoggedOutPage, _around: Surroundings): Page {
  throw new Error('loggedOutPage is not written yet')
}
