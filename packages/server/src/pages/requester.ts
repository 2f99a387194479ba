import { bdi, type Html, html, named, nothing } from './html.ts'
import { verifiedIcon, warningIcon } from './icons.ts'
import { actionButton, monogram } from './layout.ts'
import type { Requester } from './page.ts'
import { safeImageUrl } from './safe-url.ts'
import type { Texts } from './texts/index.ts'

/**
 * The application that asks, and where the answer goes. A native app's name and logo prove nothing – any app can claim a
 * custom scheme – so unless it is ours or its publisher is verified, it is marked (RFC 8252 §8.6).
 */
export function requesterPanel(app: Requester, { requester }: Texts): Html {
  const logo = safeImageUrl(app.clientLogoUrl)
  const picture = logo ? html`<img src="${logo}" alt="" referrerpolicy="no-referrer">` : monogram(app.clientName)
  return html`
    <div class="who panel">
      ${picture}
      <div>
        <p class="name">${named(app.clientName)}</p>
        <p class="small">${app.onThisComputer ? requester.onThisComputer : requester.goesTo(bdi(app.returnTarget))}</p>
        ${badge(app, requester)}
      </div>
    </div>`
}

function badge(app: Requester, words: Texts['requester']): Html {
  if (app.firstParty) return nothing
  if (app.publisherVerified) return html`<p class="badge good">${verifiedIcon}${words.verified}</p>`
  return html`<p class="badge bad">${warningIcon}${words.unverified}</p>`
}

/** Said once more in words, right above the decision. */
export const requesterWarning = (app: Requester, { requester }: Texts): Html =>
  app.firstParty || app.publisherVerified
    ? nothing
    : html`<p class="warning">${requester.warning(named(app.clientName))}</p>`

/** Who is signed in, and the way to be somebody else: small, so that the decision stays in sight. */
export const accountLine = (account: string, words: Texts['account']): Html => html`
  <p class="account">
    <span>${words.signedInAs} <b>${bdi(account)}</b></span>
    ${actionButton('switch', 'link', words.useAnother)}
  </p>`

export const signedInAs = (account: string, words: Texts['account']): Html => html`
  ${monogram(account, 'tile face')}
  <div>
    <p class="small">${words.signedInAs}</p>
    <p class="name">${bdi(account)}</p>
  </div>`
