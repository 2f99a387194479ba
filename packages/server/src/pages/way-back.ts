import { type Content, type Html, html, named } from './html.ts'
import { largeBackIcon } from './icons.ts'
import { hiddenFields, layout, type Screen } from './layout.ts'
import type { FormTarget, Page, Surroundings, WayBack } from './page.ts'
import { formScript } from './scripts.ts'
import { type Texts, texts } from './texts/index.ts'

export interface FormScreen extends Omit<Screen, 'main' | 'returnTargets'> {
  /** The h1 and what stands above the form. */
  top: Html
  /** `dense`: there is much to read, and the decision below it should be in sight. */
  class?: 'dense' | 'sign-in'
  /** What the form holds besides its hidden fields. */
  form: Content
}

/** The way from a form to the address that its answer leads to; undefined if the answer is a page of ours (SEC-171). */
export function wayTo(address: string | undefined): Omit<WayBack, 'clientName'> {
  if (address === undefined) return { returnTargets: [], leavesBrowser: false }
  if (/^https?:/.test(address)) return { returnTargets: 'anywhere', leavesBrowser: false }
  return { returnTargets: [address], leavesBrowser: true }
}

/** A page around one form, with the words that replace it once the answer has left the browser for a native app. */
export function formPage(screen: FormScreen, props: FormTarget & WayBack, around: Surroundings): Page {
  const form = html`<form method="post" action="${props.action}">${hiddenFields(props.hidden)}${screen.form}</form>`
  const here = html`<div id="here"${screen.class && html` class="${screen.class}"`}>${screen.top}${form}</div>`
  const main = props.leavesBrowser ? html`${here}${whenGone(props.clientName, texts[around.locale])}` : here
  const scripts = [formScript, ...(screen.scripts ?? [])]
  return layout({ ...screen, main, scripts, returnTargets: props.returnTargets }, around)
}

const whenGone = (clientName: string, { back }: Texts): Html =>
  html`
    <div aria-live="polite">
      <section id="left" class="left" hidden>
        <div class="halo">${largeBackIcon}</div>
        <h2 tabindex="-1">${back.headingTo(named(clientName))}</h2>
        <p class="lead">${back.lead}</p>
      </section>
    </div>`
