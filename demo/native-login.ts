import { AuthorizationError, KeywrightClient, refreshTokens, TokenError } from '@keywright/client'
import { startApi } from './api.ts'
import { HeadlessBrowser } from './headless-browser.ts'
import { type LoopbackBrowser, openLoopbackBrowser } from './loopback-browser.ts'
import { narratedFetch } from './narrated-fetch.ts'
import { type Narrator, shortened } from './narrator.ts'
import type { Options } from './options.ts'
import { openSystemBrowser } from './system-browser.ts'
import { Trouble } from './trouble.ts'

const OIDC_SCOPES = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']

/** The whole life of a native app's login, told step by step. */
export async function nativeLogin(options: Options, narrator: Narrator): Promise<void> {
  const headless = options.headless ? new HeadlessBrowser(options, narrator) : undefined
  const browser = await openLoopbackBrowser((url, returnTo) => {
    return headless ? headless.visit(url, returnTo) : showPage(url, narrator)
  })
  try {
    await tell(options, browser, narrator)
  } finally {
    browser.close()
  }
}

async function tell(options: Options, browser: LoopbackBrowser, narrator: Narrator): Promise<void> {
  const fetch = narratedFetch(narrator)
  const { url: domain, clientId, scope } = options
  const audience = options.audience || undefined
  const { redirectUri } = browser
  const client = new KeywrightClient({ domain, clientId, scope, audience, redirectUri, browser, fetch })

  await meetServer(client.issuer, narrator)
  await signIn(client, browser, narrator)
  if (audience) await callApi(client, options, fetch, narrator)
  await askWho(client, options, narrator)
  await refresh(client, narrator)
  await signOut(client, options, browser, narrator)
}

type Fetch = ReturnType<typeof narratedFetch>

async function meetServer(issuer: string, narrator: Narrator): Promise<void> {
  narrator.step('Is there a server?')
  const url = `${issuer}.well-known/openid-configuration`
  narrator.request('GET', url) // without its answer, which fills the screen
  const response = await narrator.waiting('the server', fetch(url, { signal: AbortSignal.timeout(10_000) }))
  narrator.answer(response.status)
  const found: unknown = await response.json().catch(() => undefined)
  const says = typeof found === 'object' && found !== null && 'issuer' in found ? found.issuer : undefined
  if (says !== issuer) {
    throw new Trouble(`${url} should name the issuer "${issuer}", but it says ${JSON.stringify(says)}. Is --url right?`)
  }
  narrator.values({ issuer })
}

async function signIn(client: KeywrightClient, browser: LoopbackBrowser, narrator: Narrator): Promise<void> {
  narrator.step('Listen for the callback, and make the authorization request')
  narrator.say(`Listening at ${browser.redirectUri}`)
  const url = await client.authorizationUrl()
  narrator.values(Object.fromEntries(new URL(url).searchParams))

  narrator.step('The user signs in, in a browser')
  narrator.say(url)
  const callbackUrl = await narrator.waiting('the browser to come back', browser.open(url))
  narrator.say('The browser came back:')
  narrator.values(Object.fromEntries(new URL(callbackUrl).searchParams))

  narrator.step('Check state and iss, redeem the code, verify the ID token')
  const { user } = await client.handleCallback(callbackUrl)
  if (user) narrator.say(`The ID token is genuine. Signed in: ${typeof user.name === 'string' ? user.name : user.sub}`)
  else narrator.say('No ID token, because "openid" was not asked for.')
  if (user) narrator.values(user)
}

async function callApi(client: KeywrightClient, options: Options, fetch: Fetch, narrator: Narrator): Promise<void> {
  const scope = options.scope.split(' ').find((one) => !OIDC_SCOPES.includes(one)) ?? ''
  narrator.step(`Call the API, which wants the audience ${options.audience} and the scope ${scope}`)
  const api = await startApi({ issuer: client.issuer, audience: options.audience, scope })
  try {
    narrator.say('Without a token:')
    const refused = await fetch(api.url)
    if (refused.status !== 401) throw new Trouble(`The API let a stranger in: HTTP ${refused.status}.`)
    narrator.say('With the access token:')
    const headers = { authorization: `Bearer ${await client.getAccessToken()}` }
    const answer = await fetch(api.url, { headers })
    if (answer.status !== 200) throw new Trouble(`The API refused the access token: HTTP ${answer.status}.`)
  } finally {
    api.close()
  }
}

async function askWho(client: KeywrightClient, options: Options, narrator: Narrator): Promise<void> {
  if (!options.scope.split(' ').includes('openid')) return
  narrator.step('Ask the server about the user')
  await client.user()
}

async function refresh(client: KeywrightClient, narrator: Narrator): Promise<void> {
  narrator.step('Refresh')
  const before = await client.tokens()
  if (!before?.refreshToken) {
    narrator.say('There is no refresh token: offline_access was not asked for, or not granted.')
    return
  }
  const after = await client.refresh()
  const isNew = after.refreshToken !== before.refreshToken
  narrator.say(isNew ? 'The refresh token was replaced: each works once.' : 'The refresh token stays the same.')
}

async function signOut(
  client: KeywrightClient,
  options: Options,
  browser: LoopbackBrowser,
  narrator: Narrator,
): Promise<void> {
  narrator.step('Sign out: forget the tokens, revoke the refresh token, end the session in the browser')
  const token = (await client.tokens())?.refreshToken
  await narrator.waiting('the browser to come back', client.logout({ returnTo: browser.logoutUri }))
  narrator.say('The browser came back, signed out.')

  if (token) {
    narrator.say('The refresh token must be dead now:')
    await requireDead(client.issuer, options.clientId, token, narrator)
  }
  if (options.headless) await requireSignedOut(client, narrator)
}

/** Only without a window: a person would wonder about another tab. */
async function requireSignedOut(client: KeywrightClient, narrator: Narrator): Promise<void> {
  narrator.say(
    'And the session is over: asked to sign in without showing a page, the server must answer login_required:',
  )
  const outcome = await client.login({ prompt: 'none' }).catch((error: unknown) => error)
  const isOver = outcome instanceof AuthorizationError && outcome.code === 'login_required'
  if (!isOver) throw new Trouble('The session outlived the logout.', { cause: outcome })
  narrator.say(`It does: ${outcome.message}.`)
}

async function requireDead(issuer: string, clientId: string, refreshToken: string, narrator: Narrator): Promise<void> {
  try {
    await refreshTokens(issuer, { clientId, refreshToken }, { fetch: narratedFetch(narrator) })
  } catch (error) {
    if (error instanceof TokenError && error.code === 'invalid_grant') return
    throw error
  }
  throw new Trouble('The server still accepts the revoked refresh token.')
}

async function showPage(url: string, narrator: Narrator): Promise<void> {
  if (await openSystemBrowser(url)) narrator.say(`Opened in your browser: ${withoutSecrets(url)}`)
  else narrator.say(`No browser could be opened. Open this yourself: ${url}`)
}

/** The ID token that a logout hints at fills the screen. */
function withoutSecrets(url: string): string {
  return url.replace(/(id_token_hint)=([^&]+)/, (_, name: string, hint: string) => `${name}=${shortened(name, hint)}`)
}
