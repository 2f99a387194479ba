import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { sample } from '../../packages/server/testing/builders.ts'
import { postToken } from '../../packages/server/testing/login.ts'
import type { Tab } from './engine.ts'
import { arriving, callbacks, press, seeing, signIn, stranger, type World } from './world.ts'

type Walk = (tab: Tab, world: World) => Promise<void>

const axe: string = createRequire(import.meta.url)('axe-core').source

/** What every engine must be able to do, each in a browser that has seen nothing yet. */
export const walks: Record<string, Walk> = {
  async 'signs in, is told of a wrong password, and the app gets tokens'(tab, world) {
    await tab.goto(world.link())
    await signIn(tab, 'incorrect donkey')
    await seeing(tab, `document.querySelector('[role=alert]') !== null`)
    await tab.type('#password', sample.password)
    await press(tab, 'default')
    const address = await arriving(tab, world.app + callbacks.page)
    await redeem(address.searchParams.get('code'), world)
  },

  async 'signs in to an app’s own scheme, by a redirect that only the app can read'(tab, world) {
    await tab.goto(world.link({ client_id: sample.clientId, redirect_uri: sample.customScheme }))
    await signIn(tab)
    const address = await tab.leaving()
    assert.ok(address.startsWith(`${sample.customScheme}?code=`), address)
  },

  async 'consent: refused, given, and asked no more'(tab, world) {
    const link = world.link({ client_id: stranger })
    await tab.goto(link)
    await signIn(tab)
    await arriving(tab, `${world.server.url}/u/consent`)
    await press(tab, 'deny')
    const refused = await arriving(tab, world.app + callbacks.page)
    assert.equal(refused.searchParams.get('error'), 'access_denied')
    await tab.goto(link)
    await press(tab, 'accept')
    await arriving(tab, `${world.app}${callbacks.page}?code=`)
    await tab.goto(link)
    await arriving(tab, `${world.app}${callbacks.page}?code=`)
  },

  async 'silent renewal: prompt=none in a frame'(tab, world) {
    await signedIn(tab, world)
    const frame = JSON.stringify(world.link({ prompt: 'none' }))
    const code = await tab.evaluate(`new Promise((resolve) => {
      const frame = Object.assign(document.createElement('iframe'), { src: ${frame} })
      frame.addEventListener('load', () => resolve(new URL(frame.contentWindow.location.href).searchParams.get('code')))
      document.body.append(frame)
    })`)
    await redeem(code, world)
  },

  async 'silent renewal: web_message, in a frame; after the logout it needs a login'(tab, world) {
    await signedIn(tab, world)
    await redeem((await webMessage(tab, world)).code, world)
    await tab.goto(
      `${world.server.url}/v2/logout?client_id=app&returnTo=${encodeURIComponent(world.app + callbacks.page)}`,
    )
    await arriving(tab, world.app + callbacks.page)
    assert.equal((await webMessage(tab, world)).error, 'login_required')
  },

  async 'form_post: the app gets it as a form'(tab, world) {
    await tab.goto(world.link({ response_mode: 'form_post' }))
    await signIn(tab)
    const address = await arriving(tab, world.app + callbacks.page)
    assert.equal(address.search, '')
    assert.equal(await seeing(tab, 'document.title'), 'The app')
  },

  async 'logout: the question, and no session after it'(tab, world) {
    await signedIn(tab, world)
    await tab.goto(`${world.server.url}/oidc/logout?client_id=app`)
    await press(tab, 'accept')
    await arriving(tab, world.app + callbacks.page)
    await tab.goto(world.link())
    await seeing(tab, `document.querySelector('#password') !== null`)
  },

  ...waysBack(
    'web',
    async (tab, world) => void (await arriving(tab, `${world.app.replace('localhost', '127.0.0.1')}/web`)),
  ),
  ...waysBack('scheme', async (tab) => assert.match(await tab.leaving(), /^com\.myclientapp:\/\/opened/)),

  async 'every page meets WCAG 2.2 AA, as far as a machine can tell'(tab, world) {
    await tab.goto(world.link({ client_id: stranger }))
    await requireAccessible(tab, 'sign in')
    await signIn(tab, 'incorrect donkey')
    await seeing(tab, `document.querySelector('[role=alert]') !== null`)
    await requireAccessible(tab, 'wrong password')
    await tab.type('#password', sample.password)
    await press(tab, 'default')
    await arriving(tab, `${world.server.url}/u/consent`)
    await requireAccessible(tab, 'consent')
    for (const [name, url] of [
      ['confirmation', world.link({ client_id: sample.clientId, redirect_uri: sample.customScheme })],
      ['account chooser', world.link({ prompt: 'select_account' })],
      ['error', world.link({ redirect_uri: 'https://elsewhere.example' })],
      ['in Arabic', world.link({ prompt: 'login', ui_locales: 'ar' })],
      ['logout question', `${world.server.url}/oidc/logout`],
      ['/mobile', `${world.server.url}/mobile`],
    ] as const) {
      await tab.goto(url)
      await requireAccessible(tab, name)
    }
  },
}

/**
 * However far the callback leads, the answer reaches the app (SEC-171): from each form of ours that can be the last one. Chromium and WebKit
 * hold the whole chain of redirects to the form's `form-action`.
 */
function waysBack(to: 'web' | 'scheme', reached: Walk): Record<string, Walk> {
  const redirectUri = (world: World) => world.app + callbacks[to]
  const end = to === 'web' ? 'another origin' : 'another origin, and on to the app’s scheme'
  return {
    async [`SEC-171 after the sign-in the callback leads to ${end}`](tab, world) {
      await tab.goto(world.link({ redirect_uri: redirectUri(world) }))
      await signIn(tab)
      await reached(tab, world)
    },
    async [`SEC-171 after the consent the callback leads to ${end}`](tab, world) {
      await tab.goto(world.link({ client_id: stranger, redirect_uri: redirectUri(world), prompt: 'consent' }))
      await signIn(tab)
      await arriving(tab, `${world.server.url}/u/consent`)
      await press(tab, 'accept')
      await reached(tab, world)
    },
    async [`SEC-171 after form_post the callback leads to ${end}`](tab, world) {
      await tab.goto(world.link({ redirect_uri: redirectUri(world), response_mode: 'form_post' }))
      await signIn(tab)
      await reached(tab, world)
    },
    async [`SEC-171 after another site’s form the callback leads to ${end}`](tab, world) {
      await signedIn(tab, world)
      await tab.goto(world.app.replace('localhost', '127.0.0.1'))
      const [action = '', query] = world.link({ redirect_uri: redirectUri(world) }).split('?')
      await tab.evaluate(`void (document.body.innerHTML = ${JSON.stringify(form(action, new URLSearchParams(query)))})`)
      await tab.click('#send')
      await reached(tab, world)
    },
    async [`SEC-171 after the logout's question its address leads to ${end}`](tab, world) {
      await signedIn(tab, world)
      const query = new URLSearchParams({ client_id: 'app', post_logout_redirect_uri: redirectUri(world) })
      await tab.goto(`${world.server.url}/oidc/logout?${query}`)
      await press(tab, 'accept')
      await reached(tab, world)
    },
  }
}

const form = (action: string, fields: URLSearchParams): string =>
  `<form method="post" action="${action}">${[...fields].map(([name, value]) => `<input name="${name}" value="${value}">`).join('')}<button id="send">Go</button></form>`

async function signedIn(tab: Tab, world: World): Promise<void> {
  await tab.goto(world.link())
  await signIn(tab)
  await arriving(tab, world.app + callbacks.page)
}

async function redeem(code: unknown, { server, app }: World): Promise<void> {
  const { status, body } = await postToken(server.url, {
    grant_type: 'authorization_code',
    client_id: 'app',
    code: String(code),
    code_verifier: sample.verifier,
    redirect_uri: app + callbacks.page,
  })
  assert.equal(status, 200, JSON.stringify(body))
}

async function webMessage(tab: Tab, world: World): Promise<Record<string, string>> {
  const link = world.link({ prompt: 'none', response_mode: 'web_message' })
  return (await tab.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data, origin }) => {
      if (origin === ${JSON.stringify(world.server.url)}) resolve(data.response)
    })
    document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(link)} }))
  })`)) as Record<string, string>
}

async function requireAccessible(tab: Tab, name: string): Promise<void> {
  await seeing(tab, `document.querySelector('h1') !== null`)
  // axe measures no contrast on gradients; theme.test.ts does.
  await tab.evaluate(`void (document.body.style.backgroundImage = 'none')`)
  await tab.evaluate(`(() => { ${axe} })()`)
  const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
  const options = { runOnly, resultTypes: ['violations'] }
  const { violations } = (await tab.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`),
    [],
    name,
  )
  assert.equal(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${name} fits`)
}
