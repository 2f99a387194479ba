import type { Page, Surroundings } from './page.ts'

/** The tenant's own callback, `/mobile`: the app has read the answer from the address and the user may go back to it. */
export interface MobilePage {
  clientName?: string
  /** True when the answer is an error: then we do not say that all went well. */
  failed?: boolean
}

export function mobilePage(_props: MobilePage, _around: Surroundings): Page {
  throw new Error('mobilePage is not written yet')
}
