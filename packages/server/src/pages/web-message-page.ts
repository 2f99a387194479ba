import type { Page } from './page.ts'

/** `response_mode=web_message`: the answer, posted to the frame's parent or the popup's opener. */
export interface WebMessagePage {
  response: Readonly<Record<string, unknown>>
  /** One exact origin out of the client's allowed web origins. */
  targetOrigin: string
}

/** @throws TypeError if `targetOrigin` is not a plain http(s) origin: `*` would hand the code to whoever frames us. */
export function webMessagePage(_props: WebMessagePage): Page {
  throw new Error('webMessagePage is not written yet')
}
