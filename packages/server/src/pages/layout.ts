import { type Content, type Html, html, named, nothing, withoutControls } from './html.ts'
import type { InlineScript } from './inline.ts'
import { directionOf, type Locale } from './locale.ts'
import type { Page, ReturnTargets, Surroundings } from './page.ts'
import { cspSource, imageSource, mailto, safeImageUrl, safeUrl } from './safe-url.ts'
import { stylesheet } from './styles.ts'
import { texts } from './texts/index.ts'
import { themeFor } from './theme.ts'

/** What one page puts into the frame that all pages share. */
export interface Screen {
  /** For the window and the history; names no stranger. */
  title: string
  /** Everything in `<main>`, its h1 included. */
  main: Html
  scripts?: readonly InlineScript[]
  /** Where the page's form may end, beyond our own pages. Undefined: the page has no form. */
  returnTargets?: ReturnTargets
  /** Images that `main` shows, already passed by `safeImageUrl`. */
  images?: readonly (string | undefined)[]
}

export function layout(screen: Screen, around: Surroundings): Page {
  const theme = themeFor(around)
  const logo = safeImageUrl(around.logoUrl)
  const scripts = screen.scripts ?? []
  const page = html`
    ${openings[around.locale]}
    <title>${screen.title} – ${around.tenantName}</title>
    ${stylesheet.element}
    ${theme.element}
    </head>
    <body>
      <div class="card">
        <header class="brand">${brand(logo, around.tenantName)}</header>
        <main>${screen.main}</main>
        ${help(around)}
      </div>
      ${scripts.map((script) => script.element)}
    </body>
    </html>`
  return {
    html: page.markup,
    csp: {
      scriptHashes: scripts.map((script) => script.hash),
      styleHashes: [stylesheet.hash, theme.hash],
      formAction: screen.returnTargets ? formActions(screen.returnTargets) : [],
      imgSrc: imageSources([logo, ...(screen.images ?? [])]),
      frameAncestors: [],
    },
  }
}

const opening = (locale: Locale): Html =>
  html`
    <!doctype html>
    <html lang="${locale}" dir="${directionOf(locale)}">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex, nofollow">
      <meta name="color-scheme" content="light dark">
      <meta name="format-detection" content="telephone=no">`

const openings: Readonly<Record<Locale, Html>> = {
  en: opening('en'),
  de: opening('de'),
  fr: opening('fr'),
  ar: opening('ar'),
}

function brand(logo: string | undefined, tenantName: string): Html {
  if (logo) return html`<img src="${logo}" alt="${tenantName}" referrerpolicy="no-referrer">`
  return html`${monogram(tenantName)}${named(tenantName)}`
}

/** A name's first letter on a tile, where there is no picture. */
export const monogram = (name: string, kind = 'tile'): Html => {
  const letter = String.fromCodePoint(withoutControls(name).trimStart().codePointAt(0) ?? 0x2022)
  return html`<span class="${kind}" aria-hidden="true">${letter}</span>`
}

function help(around: Surroundings): Html {
  const href = safeUrl(around.supportUrl) ?? mailto(around.supportEmail)
  if (!href) return nothing
  return html`<footer class="foot"><a href="${href}" rel="noreferrer">${texts[around.locale].help}</a></footer>`
}

/** A button of a form: its value is what the form's door reads as `action`. */
export const actionButton = (value: string, kind: 'primary' | 'outline' | 'quiet' | 'link', words: Content): Html =>
  html`<button type="submit" name="action" value="${value}" class="${kind}" formnovalidate>${words}</button>`

export const hiddenFields = (fields: Readonly<Record<string, string>>): Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

/** Browsers hold the redirects that follow a POST to `form-action`, too. */
function formActions(returnTargets: ReturnTargets): string[] | undefined {
  if (returnTargets === 'anywhere') return undefined
  const sources = new Set(["'self'"])
  for (const target of returnTargets) {
    const source = cspSource(target)
    if (source) sources.add(source)
  }
  return [...sources]
}

function imageSources(images: readonly (string | undefined)[]): string[] {
  const sources = new Set<string>()
  for (const image of images) {
    const source = image && imageSource(image)
    if (source) sources.add(source)
  }
  return [...sources]
}
