import type { FormTarget, Page, Surroundings } from './page.ts'

/** Posts `action`: `accept` to sign out, `deny` to stay (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutConfirmPage extends FormTarget {
  account?: string
  clientName?: string
  returnTargets: readonly string[]
  leavesBrowser?: boolean
}

export function logoutConfirmPage(_props: LogoutConfirmPage, _around: Surroundings): Page {
  throw new Error('logoutConfirmPage is not written yet')
}
