import type { FormTarget, Page, Surroundings, WayBack } from './page.ts'

/** For `prompt=select_account`. Posts `action`: `accept` to go on as `account`, `switch` for another, `deny` to give up. */
export interface AccountChooserPage extends FormTarget, WayBack {
  account: string
}

export function accountChooserPage(_props: AccountChooserPage, _around: Surroundings): Page {
  throw new Error('accountChooserPage is not written yet')
}
