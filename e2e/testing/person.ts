import { type Answer, aBrowser, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'

/** Ada at her browser: opens the app's link, signs in if she must, and agrees. */
export interface Person {
  browser: TestBrowser
  /** @returns where the app is called back */
  open(authorizationUrl: string | URL): Promise<URL>
}

export function aPerson(serverUrl: string): Person {
  const browser = aBrowser(serverUrl)
  return {
    browser,
    async open(authorizationUrl) {
      let answer = await browser.follow(await browser.get(`${authorizationUrl}`))
      if (answer.body.includes('name="password"'))
        answer = await browser.follow(
          await browser.submit(answer, { username: sample.email, password: sample.password }),
        )
      while (answer.status === 200 && answer.body.includes('value="accept"'))
        answer = await browser.follow(await browser.submit(answer, {}, 'accept'))
      return calledBack(answer)
    },
  }
}

function calledBack({ location, status, body }: Answer): URL {
  if (!location) throw new Error(`the app was not called back: ${status} ${body.slice(0, 500)}`)
  return new URL(location)
}
