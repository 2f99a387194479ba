import { html } from './html.ts'
import { directionOf, type Locale } from './locale.ts'
import type { Page } from './page.ts'
import { cspSource } from './safe-url.ts'
import { postMessageScript } from './scripts.ts'
import { texts } from './texts/index.ts'

/** `response_mode=web_message`: the answer, posted to the frame's parent or the popup's opener. */
export interface WebMessagePage {
  response: Readonly<Record<string, unknown>>
  /** One exact origin out of the client's allowed web origins. */
  targetOrigin: string
  locale?: Locale
}

/** @throws TypeError if `targetOrigin` is not a plain http(s) origin: `*` would hand the code to whoever frames us. */
export function webMessagePage({ response, targetOrigin, locale = 'en' }: WebMessagePage): Page {
  const ancestor = cspSource(targetOrigin)
  if (!ancestor || !isWebOrigin(targetOrigin)) throw new TypeError('web_message needs the exact origin of its receiver')
  const message = JSON.stringify({ type: 'authorization_response', response })
  const page = html`
    <!doctype html>
    <html lang="${locale}" dir="${directionOf(locale)}">
    <head>
      <meta charset="utf-8">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex, nofollow">
      <title>${texts[locale].formPost.title}</title>
    </head>
    <body data-message="${message}" data-origin="${targetOrigin}">
      <h1>${texts[locale].formPost.title}</h1>
      ${postMessageScript.element}
    </body>
    </html>`
  return {
    html: page.markup,
    csp: {
      scriptHashes: [postMessageScript.hash],
      styleHashes: [],
      formAction: [],
      imgSrc: [],
      frameAncestors: [ancestor],
    },
  }
}

const isWebOrigin = (origin: string): boolean => /^https?:/.test(origin) && URL.parse(origin)?.origin === origin
