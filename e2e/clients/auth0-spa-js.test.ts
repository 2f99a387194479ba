// Auth0's `@auth0/auth0-spa-js`, its production bundle unmodified, in a real browser: an app on another origin than the server.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { sample } from '../../packages/server/testing/builders.ts'
import { launchChromium } from '../../packages/server/testing/chromium.ts'
import { authorizeUrl } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'
import { type AppServer, startApp } from '../testing/app-server.ts'
import { seedWith } from '../testing/apps.ts'
import { startHttpsServer } from '../testing/https-server.ts'
import { press, signIn } from '../testing/sign-in.ts'

const bundle = await readFile(
  new URL('../auth0-spa-js.production.js', import.meta.resolve('@auth0/auth0-spa-js')), // beside the one for bundlers
  'utf8',
)
const clientId = 'spa'

let browser: Browser
let app: AppServer
let origin: string
let server: TestServer
let secure: TestServer
before(async () => {
  app = await startApp((path) =>
    path === '/auth0.js'
      ? { type: 'text/javascript', body: bundle }
      : { body: '<title>App</title><script src="/auth0.js"></script>' },
  )
  origin = `http://localhost:${app.port}`
  const elsewhere = `http://127.0.0.1:${app.port}`
  const seed = seedWith({
    clientId,
    name: 'Single-page app',
    appType: 'spa',
    callbacks: [origin, elsewhere],
    webOrigins: [origin, elsewhere],
    allowedLogoutUrls: [`${origin}/bye`],
  })
  ;[server, secure, browser] = await Promise.all([startServer({ seed }), startHttpsServer(seed), launchChromium()])
})
after(async () => {
  await browser?.close()
  await Promise.all([app?.close(), server?.stop(), secure?.stop()])
})

let context: BrowserContext
beforeEach(async () => {
  // The browser does not know the local authority of the https server.
  context = await browser.newContext({ ignoreHTTPSErrors: true })
})
afterEach(async () => {
  await context.close()
  assert.deepEqual([...server.errors, ...secure.errors], [])
})

interface Options {
  domain?: string
  useRefreshTokens?: boolean
  authorizationParams?: Record<string, unknown>
}

/** Opens the app, or returns to it, with an SDK client in `window.client`. */
async function load(page: Page, options: Options = {}, at = origin): Promise<Page> {
  if (!page.url().startsWith(at)) await page.goto(at)
  const { authorizationParams, ...rest } = options
  const settings = {
    domain: server.url,
    clientId,
    ...rest,
    authorizationParams: { redirect_uri: at, ...authorizationParams },
  }
  await page.evaluate(`void (window.client = new auth0.Auth0Client(${JSON.stringify(settings)}))`)
  return page
}

async function loginWithRedirect(page: Page, options: Options = {}, at = origin): Promise<Page> {
  await load(page, options, at)
  await page.evaluate('client.loginWithRedirect({ appState: { target: "/appointments" } })').catch(ignoreNavigation)
  await page.waitForURL(/\/u\/login/)
  await signIn(page)
  if (options.authorizationParams?.audience) await press(page, 'accept')
  await page.waitForURL(/[?&]code=/)
  await load(page, options, at)
  const { appState } = (await page.evaluate('client.handleRedirectCallback()')) as { appState: { target: string } }
  assert.equal(appState.target, '/appointments')
  return page
}

/** The page goes away under the call that sent it away. */
const ignoreNavigation = (error: Error) => assert.match(error.message, /navigat|destroyed/)

type Told = { ok: Record<string, unknown> } | { error: string; description: string }

/** What a call of the SDK gives or throws; its errors lose their names on the way out of the browser. */
const tell = (page: Page, call: string): Promise<Told> =>
  page.evaluate(
    `client.${call}.then((ok) => ({ ok }), (error) => ({ error: error.error ?? error.name, description: error.message }))`,
  )

async function giving(page: Page, call: string): Promise<Record<string, unknown>> {
  const told = await tell(page, call)
  return 'ok' in told ? told.ok : assert.fail(`${call}: ${told.error}: ${told.description}`)
}

const silently = 'getTokenSilently({ cacheMode: "off", detailedResponse: true })'
const payloadOf = (jwt: unknown) => JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString())

test('loginWithRedirect, handleRedirectCallback, getUser', async () => {
  const page = await loginWithRedirect(await context.newPage())
  const user = await giving(page, 'getUser()')
  assert.equal(user.sub, sample.userId)
  assert.equal(user.email, sample.email)
  assert.equal(await page.evaluate('client.isAuthenticated()'), true)
})

test('getTokenSilently: web_message in a hidden frame, for a session that is alive', async () => {
  const page = await loginWithRedirect(await context.newPage())
  app.visits.length = 0
  const token = await giving(page, silently)
  assert.ok(token.access_token)
  assert.equal(payloadOf(token.id_token).sub, sample.userId)
  assert.deepEqual(app.visits, [], 'the answer came as a message, not as a visit')
})

test('getTokenSilently: login_required for a stranger, consent_required for an API not yet allowed', async () => {
  const page = await load(await context.newPage())
  const told = await tell(page, silently)
  assert.deepEqual(told, { error: 'login_required', description: 'Login required' })

  await loginWithRedirect(page)
  await load(page, { authorizationParams: { audience: sample.audience } })
  assert.deepEqual(await tell(page, silently), { error: 'consent_required', description: 'Consent required' })
})

test('for an API: the access token is a JWT for it, also when renewed silently', async () => {
  const authorizationParams = { audience: sample.audience, scope: 'openid appointments' }
  const page = await loginWithRedirect(await context.newPage(), { authorizationParams })
  for (const call of ['getTokenSilently({ detailedResponse: true })', silently]) {
    const claims = payloadOf((await giving(page, call)).access_token)
    assert.deepEqual([claims.aud].flat().includes(sample.audience), true)
    assert.match(claims.scope, /\bappointments\b/)
  }
})

test('refresh tokens rotate, and renew also without a session', async () => {
  const page = await loginWithRedirect(await context.newPage(), { useRefreshTokens: true })
  const first = await giving(page, silently)
  const second = await giving(page, silently)
  assert.notEqual(first.access_token, second.access_token)
  await context.clearCookies() // no session any more: only the refresh token is left
  const third = await giving(page, silently)
  assert.equal(payloadOf(third.id_token).sub, sample.userId)
})

test('loginWithPopup: the popup answers its opener and is closed', async () => {
  const page = await load(await context.newPage())
  await page.evaluate(`{
    const button = document.body.appendChild(document.createElement('button'))
    button.onclick = () => { window.done = client.loginWithPopup().then(() => 'signed in', String) }
  }`)
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.click('button')])
  await popup.waitForURL(/\/u\/login/)
  const closed = popup.waitForEvent('close')
  await signIn(popup)
  await closed
  assert.equal(await page.evaluate('window.done'), 'signed in')
  assert.equal((await giving(page, 'getUser()')).sub, sample.userId)
})

test('logout: back at the app, and silently there is nobody', async () => {
  const page = await loginWithRedirect(await context.newPage())
  const call = `client.logout({ logoutParams: { returnTo: '${origin}/bye' } })`
  await page.evaluate(call).catch(ignoreNavigation)
  await page.waitForURL(`${origin}/bye`)
  await load(page)
  const told = await tell(page, silently)
  assert.equal('error' in told && told.error, 'login_required')
})

test('an app of another site renews silently over https, by the cookie for frames (SEC-156)', async () => {
  const at = `http://127.0.0.1:${app.port}`
  const page = await loginWithRedirect(await context.newPage(), { domain: secure.url }, at)
  assert.equal(payloadOf((await giving(page, silently)).id_token).iss, `${secure.url}/`)
})

test('a stranger who frames the silent request gets neither frame nor message (SEC-169, SEC-175)', async () => {
  const page = await loginWithRedirect(await context.newPage())
  const request = authorizeUrl({
    client_id: clientId,
    redirect_uri: origin,
    prompt: 'none',
    response_mode: 'web_message',
  })
  const framed = async () => {
    await page.evaluate('window.heard = []; onmessage = ({ data }) => heard.push(data.response?.code)')
    await page.evaluate(`new Promise((loaded) => {
      const frame = Object.assign(document.createElement('iframe'), { src: '${server.url}${request}', onload: loaded })
      document.body.append(frame)
    })`)
  }
  await framed()
  await page.waitForFunction('heard.length > 0') // the app itself is told
  const stranger = await startApp(() => ({ body: '<title>Stranger</title>' }))
  try {
    const refusals: string[] = []
    page.on('console', (message) => refusals.push(message.text()))
    await page.goto(`http://localhost:${stranger.port}`)
    await framed()
    assert.match(refusals.join(), /frame-ancestors/)
    assert.deepEqual(await page.evaluate('heard'), [])
  } finally {
    await stranger.close()
  }
})
