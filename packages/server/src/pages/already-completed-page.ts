import type { Page, Surroundings } from './page.ts'

/** The login was already finished, in this tab or another. */
export interface AlreadyCompletedPage {
  clientName?: string
  continueHref?: string
}

export function alreadyCompletedPage(_props: AlreadyCompletedPage, _around: Surroundings): Page {
  throw new Error('alreadyCompletedPage is not written yet')
}
