import type { FormTarget, Page, Surroundings, WayBack } from './page.ts'

export type LoginError =
  | 'wrong-credentials'
  | 'missing-fields'
  | 'too-many-attempts'
  | 'blocked'
  | 'overloaded'
  | 'expired'
  | 'connection-failed'
  | 'connection-denied'

/** A button that sends the user to an identity provider. */
export interface ConnectionButton {
  name: string
  displayName: string
  href: string
  iconUrl?: string
}

/** Posts `username`, `password`, the hidden fields and `action`: `default` to sign in, `cancel` to give up. */
export interface LoginPage extends FormTarget, WayBack {
  username?: string
  error?: LoginError
  connections: readonly ConnectionButton[]
  showPasswordForm: boolean
  /** A link back to the application; without it, cancelling is a button of the form. */
  cancelHref?: string
}

export function loginPage(_props: LoginPage, _around: Surroundings): Page {
  throw new Error('loginPage is not written yet')
}
