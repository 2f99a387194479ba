/** One window of a real browser, with a cookie jar of its own: what a walk needs, and what every engine can. */
export interface Tab {
  goto(url: string): Promise<void>
  url(): Promise<string>
  /** @returns the value of a JavaScript expression, a promise awaited; through JSON */
  evaluate(expression: string): Promise<unknown>
  /** Types into a field, as a person does. */
  type(selector: string, text: string): Promise<void>
  /** Clicks, as a person does: what follows has the user's activation. */
  click(selector: string): Promise<void>
  /** @returns the first address of an app's own scheme that the browser is sent to, from now on or from before */
  leaving(): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

export interface Engine {
  /** With its version. */
  name: string
  open(): Promise<Tab>
  close(): Promise<void>
}

/** The sample app's own scheme, without the colon. */
export const appScheme = 'com.myclientapp'

/** Looks again until it is so. */
export async function until<T>(what: string, look: () => Promise<T>, seconds = 30): Promise<NonNullable<T>> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    // While a page is being replaced there is nothing to ask.
    const seen = await look().catch(() => undefined)
    if (seen) return seen
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
