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
