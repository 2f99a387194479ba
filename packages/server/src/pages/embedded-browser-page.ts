import type { Page, Surroundings } from './page.ts'

/** Refuses a web view inside an app, where the app could read the password (RFC 8252 §8.12). */
export interface EmbeddedBrowserPage {
  clientName?: string
}

export function embeddedBrowserPage(_props: EmbeddedBrowserPage, _around: Surroundings): Page {
  throw new Error('embeddedBrowserPage is not written yet')
}
