import { breakable, type Html, html, nothing } from './html.ts'
import { largeWarningIcon } from './icons.ts'
import { layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { safeUrl } from './safe-url.ts'
import { type Texts, texts } from './texts/index.ts'

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
  /** What the user tells the operator, who finds the log entry by it; none where nothing was worth an entry. */
  reference?: string
  hint?: RedirectHint
  retryHref?: string
}

export function errorPage(props: ErrorPage, around: Surroundings): Page {
  const { error } = texts[around.locale]
  const [ownTitle, lead] = error.problems[props.problem ?? 'general']
  const title = props.title ?? ownTitle
  const retryHref = safeUrl(props.retryHref)
  const retry =
    retryHref && html`<div class="stack"><a class="button primary" href="${retryHref}">${error.tryAgain}</a></div>`
  const main = html`
    <div class="halo bad">${largeWarningIcon}</div>
    <h1>${title}</h1>
    <p class="lead">${lead}</p>
    ${retry}
    ${props.reference && referencePanel(props.reference, error)}
    ${forDevelopers(props, error)}`
  return layout({ title, main }, around)
}

const referencePanel = (reference: string, words: Texts['error']): Html => html`
  <div class="panel reference">
    <p class="small">${words.reference}</p>
    <code dir="ltr">${reference}</code>
    <p class="small">${words.tellSupport}</p>
  </div>`

/** In English and left to right, whatever the page's language: it is about addresses and parameters. */
function forDevelopers({ message, hint }: ErrorPage, words: Texts['error']): Html {
  if (!message && !hint) return nothing
  const said = message && html`<p lang="en" dir="ltr">${breakable(message)}</p>`
  return html`
    <section class="panel developers">
      <h2>${words.forDevelopers}</h2>
      ${said}
      ${hint && hintList(hint, words)}
    </section>`
}

function hintList({ requested, nearest, differences }: RedirectHint, words: Texts['error']): Html {
  const address = (label: string, url: string) =>
    html`<div><dt>${label}</dt><dd><code dir="ltr">${breakable(url)}</code></dd></div>`
  const what = html`
    <div>
      <dt>${words.differences}</dt>
      <dd lang="en" dir="ltr"><ul>${differences.map((line) => html`<li>${line}</li>`)}</ul></dd>
    </div>`
  return html`
    <dl>
      ${address(words.requested, requested)}
      ${nearest && address(words.nearest, nearest)}
      ${differences.length > 0 && what}
    </dl>`
}
