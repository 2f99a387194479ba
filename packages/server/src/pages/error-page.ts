import type { Page, Surroundings } from './page.ts'

/** Problems we have words for, in every language. */
export type Problem =
  | 'general'
  | 'callback-mismatch'
  | 'logout-url-mismatch'
  | 'unknown-client'
  | 'invalid-request'
  | 'expired'
  | 'access-denied'
  | 'connection-failed'
  | 'too-many-requests'
  | 'overloaded'
  | 'not-found'
  | 'server-error'

/** The Redirect Doctor's findings, for a developer; never shown in production. */
export interface RedirectHint {
  requested: string
  nearest?: string
  differences: readonly string[]
}

export interface ErrorPage {
  /** Chooses the words for the user; `general` when left out. */
  problem?: Problem
  title?: string
  /** A sentence of ours for whoever must repair it, in English; never a caller's (SEC-173). */
  message?: string
  /** What the user tells the operator, who finds the log entry by it. */
  reference: string
  hint?: RedirectHint
  retryHref?: string
}

export function errorPage(_props: ErrorPage, _around: Surroundings): Page {
  throw new Error('errorPage is not written yet')
}
