import type { Page, Surroundings } from './page.ts'

/** OAuth 2.0 Form Post Response Mode: a form that sends itself, or is sent by hand where scripts are off. */
export interface FormPostPage {
  /** The registered redirect URI. */
  action: string
  fields: Readonly<Record<string, string>>
}

export function formPostPage(_props: FormPostPage, _around: Surroundings): Page {
  throw new Error('formPostPage is not written yet')
}
