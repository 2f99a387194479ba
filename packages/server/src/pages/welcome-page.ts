import { type Html, html, named, nothing } from './html.ts'
import { largeCheckIcon } from './icons.ts'
import { layout } from './layout.ts'
import type { Page, Surroundings } from './page.ts'
import { safeUrl } from './safe-url.ts'
import { texts } from './texts/index.ts'

/** What a developer finds at `/`: that it runs, and what to try. Never shown in production. */
export interface WelcomePage {
  /** The apps of the tenant, a few of them; the first is what “Try it” means. */
  apps: readonly { name: string; signInHref: string }[]
}

export function welcomePage({ apps }: WelcomePage, around: Surroundings): Page {
  const { welcome } = texts[around.locale]
  const [first, ...others] = apps
  const link = (href: string, kind: string, words: Html) =>
    html`<a class="button ${kind}" href="${safeUrl(href)}"><span>${words}</span></a>`
  const more =
    others.length > 0 &&
    html`
      <h2>${welcome.other}</h2>
      <div class="stack">${others.map(({ name, signInHref }) => link(signInHref, 'outline', named(name)))}</div>`
  const main = html`
    <div class="halo good">${largeCheckIcon}</div>
    <h1>${welcome.heading(named(around.tenantName))}</h1>
    <p class="lead">${welcome.lead}</p>
    ${first ? html`<div class="stack">${link(first.signInHref, 'primary', welcome.tryIt(named(first.name)))}</div>` : html`<p class="lead">${welcome.none}</p>`}
    <div class="welcome">
      ${more || nothing}
      <h2>${welcome.next}</h2>
      <div class="stack">${link('/.well-known/openid-configuration', 'quiet', html`${welcome.discovery}`)}</div>
    </div>`
  return layout({ title: welcome.title, main }, around)
}
