import { type Answer, aBrowser, type TestBrowser } from './browser.ts'
import { sample } from './builders.ts'

/** The tutorial's authorization request; `undefined` leaves a parameter out. */
export function authorizeUrl(over: Record<string, string | undefined> = {}): string {
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: sample.clientId,
    redirect_uri: 'https://app.example/callback',
    scope: 'openid profile',
    code_challenge: sample.challenge,
    code_challenge_method: 'S256',
    ...over,
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return `/authorize?${query}`
}

/** Signs Ada in, and agrees to whatever is asked. @returns the redirect to the app */
export async function signIn(
  url: string,
  over: Record<string, string | undefined> = {},
  browser: TestBrowser = aBrowser(url),
): Promise<Answer & { browser: TestBrowser }> {
  let answer = await browser.follow(await browser.get(authorizeUrl(over)))
  if (answer.body.includes('name="password"'))
    answer = await browser.follow(await browser.submit(answer, { username: sample.email, password: sample.password }))
  while (answer.status === 200 && answer.body.includes('value="accept"'))
    answer = await browser.follow(await browser.submit(answer, {}, 'accept'))
  return { ...answer, browser }
}

/** The parameters of an answer to the app. */
export function parametersOf(answer: Answer): URLSearchParams {
  if (!answer.location)
    throw new Error(`expected a redirect to the app, got ${answer.status}: ${answer.body.slice(0, 500)}`)
  const { hash, searchParams } = new URL(answer.location)
  return hash ? new URLSearchParams(hash.slice(1)) : searchParams
}

export async function postToken(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(form) })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

/** Exchanges the code of an answer. */
export const exchange = (url: string, answer: Answer, over: Record<string, string> = {}) =>
  postToken(url, {
    grant_type: 'authorization_code',
    client_id: sample.clientId,
    code: parametersOf(answer).get('code') ?? '',
    code_verifier: sample.verifier,
    redirect_uri: 'https://app.example/callback',
    ...over,
  })
