import { html } from './html.ts'
import { hiddenFields, layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { autoSubmitScript } from './scripts.ts'
import { texts } from './texts/index.ts'

/** The request that another site's form has sent, sent once more by ourselves; by hand where scripts are off. */
export interface OnwardPage {
  /** A path of our own. */
  action: string
  /** In this order; a name may come more than once. */
  fields: readonly (readonly [name: string, value: string])[]
}

export function onwardPage({ action, fields }: OnwardPage, around: Surroundings): Page {
  const { formPost } = texts[around.locale]
  const main = html`
    <h1>${formPost.title}</h1>
    <p class="lead">${formPost.onward}</p>
    <form method="post" action="${action}">
      ${fields.map(([name, value]) => hiddenFields({ [name]: value }))}
      <button type="submit" class="primary">${formPost.submit}</button>
    </form>`
  // It may lead to the app, or to a provider, and wherever these lead; nobody has judged the request yet, and there is nothing on
  // the page that a form must not give away.
  return layout({ title: formPost.title, main, scripts: [autoSubmitScript], returnTargets: 'anywhere' }, around)
}
