import { launchChromium } from '../../packages/server/testing/chromium.ts'
import { appScheme, type Engine, until } from './engine.ts'

/** The Chromium of the other tests. */
export async function startChromium(): Promise<Engine> {
  const browser = await launchChromium()
  return {
    name: `Chromium ${browser.version()}`,
    async open() {
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      const page = await context.newPage()
      let left: string | undefined
      page.on('request', (request) => {
        if (request.url().startsWith(`${appScheme}:`)) left ??= request.url()
      })
      return {
        goto: async (url) => void (await page.goto(url)),
        url: async () => page.url(),
        evaluate: (expression) => page.evaluate(expression),
        type: (selector, text) => page.fill(selector, text),
        click: (selector) => page.click(selector),
        leaving: () => until('the app’s scheme', async () => left),
        [Symbol.asyncDispose]: () => context.close(),
      }
    },
    close: () => browser.close(),
  }
}
