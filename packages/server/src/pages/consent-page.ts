import type { FormTarget, Page, Requester, Surroundings, WayBack } from './page.ts'

/** Posts `action`: `accept`, `deny`, or `switch` to sign in as somebody else. */
export interface ConsentPage extends FormTarget, WayBack, Requester {
  /** Who is signed in: an email address or a name. */
  account: string
  scopes: readonly { value: string; description?: string }[]
  /** The API's name, when the scopes are an API's. */
  audienceName?: string
}

export function consentPage(_props: ConsentPage, _around: Surroundings): Page {
  throw new Error('consentPage is not written yet')
}
