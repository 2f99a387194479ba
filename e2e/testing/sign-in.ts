import type { Page } from 'playwright-core'
import { sample } from '../../packages/server/testing/builders.ts'

/** Fills in the sign-in page that is open, and sends it. */
export async function signIn(page: Page, password: string = sample.password): Promise<void> {
  await page.fill('#username', sample.email)
  await page.fill('#password', password)
  await press(page, 'default')
}

/** Presses the button of a form of ours by its value: texts differ by language. */
export const press = (page: Page, action: 'default' | 'cancel' | 'accept' | 'deny' | 'switch'): Promise<void> =>
  page.click(`button[name=action][value=${action}]`)

/** Does something that sends the browser to an app's own scheme. @returns the address the app gets, out of a 302 */
export async function leaving(page: Page, act: () => Promise<unknown>): Promise<URL> {
  const [request] = await Promise.all([page.waitForRequest((request) => !/^(https?|data):/.test(request.url())), act()])
  const response = await request.redirectedFrom()?.response()
  if (response?.status() !== 302) throw new Error(`expected a 302 to ${request.url()}, got ${response?.status()}`)
  return new URL(request.url())
}

/** Does something that ends at a listener. @returns the address the app got */
export async function arriving(page: Page, redirectUri: string, act: () => Promise<unknown>): Promise<URL> {
  await Promise.all([page.waitForURL((url) => url.href.startsWith(redirectUri)), act()])
  return new URL(page.url())
}
