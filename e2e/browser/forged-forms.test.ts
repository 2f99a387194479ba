// Every form, sent as nobody but our own page would: without its token, with another's, from another site (SEC-166).
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { type Answer, aBrowser, formOf, type TestBrowser } from '../../packages/server/testing/browser.ts'
import { sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, signIn } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(async () => {
  await server?.stop()
  assert.deepEqual(server.errors, [])
})

interface Form {
  /** Leads a browser to the page of the form. */
  open(browser: TestBrowser): Promise<Answer>
  fields: Record<string, string>
  signedIn: boolean
}

const follow = async (browser: TestBrowser, over: Record<string, string>) =>
  browser.follow(await browser.get(authorizeUrl(over)))

const forms: Record<string, Form> = {
  'sign in': {
    open: (browser) => follow(browser, {}),
    fields: { username: sample.email, password: sample.password, action: 'default' },
    signedIn: false,
  },
  'give up': { open: (browser) => follow(browser, {}), fields: { action: 'cancel' }, signedIn: false },
  consent: { open: (browser) => follow(browser, { prompt: 'consent' }), fields: { action: 'accept' }, signedIn: true },
  confirmation: {
    open: (browser) => follow(browser, { redirect_uri: sample.customScheme }),
    fields: { action: 'accept' },
    signedIn: true,
  },
  'account chooser': {
    open: (browser) => follow(browser, { prompt: 'select_account' }),
    fields: { action: 'accept' },
    signedIn: true,
  },
  logout: { open: (browser) => browser.get('/oidc/logout'), fields: { action: 'accept' }, signedIn: true },
}

for (const [name, form] of Object.entries(forms))
  suite(name, () => {
    async function opened() {
      const browser = form.signedIn ? (await signIn(server.url)).browser : aBrowser(server.url)
      const page = await form.open(browser)
      const { action, hidden } = formOf(page.body)
      return { browser, action, hidden: hidden as Record<string, string> }
    }

    test('as our own page sends it: accepted', async () => {
      const { browser, action, hidden } = await opened()
      const headers = { origin: server.url, 'sec-fetch-site': 'same-origin' }
      const answer = await browser.post(action, { ...hidden, ...form.fields }, headers)
      assert.ok(answer.status === 302 || answer.status === 200, `${answer.status}`)
    })

    const forged: [how: string, send: () => Promise<Answer>][] = [
      ['with an altered token', async () => post(await opened(), { csrf: 'A'.repeat(43) })],
      [
        "with the token of another browser's form",
        async () => post(await opened(), { csrf: (await opened()).hidden.csrf ?? '' }),
      ],
      ['from another site', async () => post(await opened(), {}, { origin: 'https://evil.example' })],
      ['from another port of the same host', async () => post(await opened(), {}, { origin: 'http://localhost:1' })],
      [
        'by what the browser says of the site',
        async () => post(await opened(), {}, { 'sec-fetch-site': 'cross-site' }),
      ],
      ['by a sibling of our host', async () => post(await opened(), {}, { 'sec-fetch-site': 'same-site' })],
    ]
    // A logout without a token is a logout request of an app: it is asked about again, and ends nothing.
    if (name !== 'logout') forged.push(['without its token', async () => post(await opened(), { csrf: '' })])

    async function post(
      { browser, action, hidden }: Awaited<ReturnType<typeof opened>>,
      over: Record<string, string>,
      headers: Record<string, string> = {},
    ): Promise<Answer> {
      const before = [...browser.cookies]
      const answer = await browser.post(action, { ...hidden, ...form.fields, ...over }, headers)
      assert.deepEqual([...browser.cookies], before, 'no cookie changes')
      return answer
    }

    for (const [how, send] of forged)
      test(`${how}: refused, and nothing happens`, async () => {
        const answer = await send()
        // The question again is the answer to a logout whose token is another's: also then nothing has ended.
        if (name === 'logout' && answer.status === 200) assert.match(answer.body, /ada@example\.com/)
        else assert.equal(answer.status, 403)
      })
  })

test('a token of one request does not open another of the same browser', async () => {
  const browser = aBrowser(server.url)
  const first = formOf((await follow(browser, { state: 'one' })).body).hidden
  const second = formOf((await follow(browser, { state: 'two' })).body).hidden
  const fields = { username: sample.email, password: sample.password, action: 'default' }
  const answer = await browser.post('/u/login', { ...first, csrf: second.csrf ?? '', ...fields })
  assert.equal(answer.status, 403)
})

test('looking is not pressing: no GET consents, signs in or ends a session (SEC-183)', async () => {
  const { browser } = await signIn(server.url)
  const page = await follow(browser, { prompt: 'consent' })
  const { hidden } = formOf(page.body)
  const answer = await browser.get(`/u/consent?${new URLSearchParams({ ...hidden, action: 'accept' })}`)
  assert.equal(answer.status, 200)
  assert.match(answer.body, /value="accept"/)
  const { hidden: logout } = formOf((await browser.get('/oidc/logout')).body)
  await browser.get(`/oidc/logout?${new URLSearchParams({ ...logout, action: 'accept' })}`)
  const silent = await browser.get(authorizeUrl({ prompt: 'none' }))
  assert.match(silent.location ?? '', /[?&]code=/)
})
