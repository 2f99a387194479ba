import { html } from './html.ts'
import { hiddenFields, layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { cspSource } from './safe-url.ts'
import { autoSubmitScript } from './scripts.ts'
import { texts } from './texts/index.ts'

/** OAuth 2.0 Form Post Response Mode: a form that sends itself, or is sent by hand where scripts are off. */
export interface FormPostPage {
  /** The registered redirect URI. */
  action: string
  fields: Readonly<Record<string, string>>
}

export function formPostPage({ action, fields }: FormPostPage, around: Surroundings): Page {
  const { formPost } = texts[around.locale]
  if (!cspSource(action)) throw new TypeError('form_post needs an address that a form can be sent to')
  const main = html`
    <h1>${formPost.title}</h1>
    <p class="lead">${formPost.lead}</p>
    <form method="post" action="${action}">
      ${hiddenFields(fields)}
      <button type="submit" class="primary">${formPost.submit}</button>
    </form>`
  const screen = { title: formPost.title, main, scripts: [autoSubmitScript], returnTargets: 'anywhere' } as const
  // A page that holds a code asks nobody else for anything, not even for a logo (RFC 9700 §4.2.4).
  return layout(screen, { ...around, logoUrl: undefined })
}
