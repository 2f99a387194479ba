// What may not be skipped, edited or smuggled between /authorize and the answer.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { type Answer, aBrowser, formOf } from '../../packages/server/testing/browser.ts'
import { aConnection, anApi, aUser, hashOf, sample } from '../../packages/server/testing/builders.ts'
import { authorizeUrl, exchange, parametersOf, signIn } from '../../packages/server/testing/login.ts'
import { startServer, type TestServer } from '../../packages/server/testing/start-server.ts'

let server: TestServer
before(async () => {
  server = await startServer()
  await server.store.resourceServers.save(anApi({ skipConsentForVerifiableFirstPartyClients: false }))
})
after(() => server?.stop())
afterEach(() => assert.deepEqual(server.errors, []))

const forApi = { audience: sample.audience }
const credentials = { username: sample.email, password: sample.password }
const errorOf = (answer: Answer) => parametersOf(answer).get('error')
const claimsOf = (jwt: unknown) => JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString())

test('SEC-010 what answers a form with a password or a decision is 302 or 303', async () => {
  const browser = aBrowser(server.url)
  let page = await browser.follow(await browser.get(authorizeUrl({ ...forApi, scope: 'appointments' })))
  let answer = await browser.submit(page, credentials)
  const statuses = [answer.status]
  page = await browser.follow(answer)
  assert.match(page.body, /value="accept"/, 'consent comes next')
  answer = await browser.submit(page, {}, 'accept')
  statuses.push(answer.status)
  assert.deepEqual(
    statuses.filter((status) => status !== 302 && status !== 303),
    [],
  )
})

describe('SEC-012 prompt=none shows nothing, makes no session, and says why', () => {
  const silently = { prompt: 'none' }

  test('login_required for a stranger', async () => {
    const browser = aBrowser(server.url)
    const answer = await browser.get(authorizeUrl(silently))
    assert.equal(answer.status, 302)
    assert.equal(errorOf(answer), 'login_required')
    assert.equal(browser.cookies.size, 0)
  })

  test('consent_required for an API that was not allowed yet', async () => {
    const { browser } = await signIn(server.url)
    const cookies = [...browser.cookies]
    const asked = { ...silently, ...forApi, scope: 'read:contacts' }
    const answer = await browser.get(authorizeUrl(asked))
    // Consent is remembered per user: another test may have given it for other scopes.
    assert.equal(errorOf(answer), 'consent_required')
    assert.deepEqual([...browser.cookies], cookies)
  })

  test('interaction_required where another app could own the callback', async () => {
    const { browser } = await signIn(server.url)
    const answer = await browser.get(authorizeUrl({ ...silently, redirect_uri: sample.customScheme }))
    assert.equal(errorOf(answer), 'interaction_required')
  })
})

describe('SEC-013 a fresh sign-in cannot be edited away', () => {
  for (const over of [{ prompt: 'login' }, { max_age: '0' }])
    test(JSON.stringify(over), async () => {
      const { browser } = await signIn(server.url)
      server.clock.advance(120_000)
      const asked = await browser.get(authorizeUrl(over))
      const waiting = asked.location ?? ''
      for (const edit of ['', '&prompt=none', '&max_age=9999', '&prompt='])
        assert.match((await browser.get(`${waiting}${edit}`)).body, /name="password"/, `resumed with "${edit}"`)
      const answer = await browser.follow(await browser.submit(await browser.get(waiting), credentials))
      const { body } = await exchange(server.url, answer)
      const age = server.clock.now() / 1000 - claimsOf(body.id_token).auth_time
      assert.ok(age < 60, `signed in ${age} s ago`)
    })
})

describe('SEC-014 id_token_hint counts only if it is ours', () => {
  const hinted = async (hint: string) => {
    const { browser } = await signIn(server.url)
    return browser.get(authorizeUrl({ prompt: 'none', id_token_hint: hint }))
  }
  const idToken = async (url: string) => String((await exchange(url, await signIn(url))).body.id_token)

  test('ours, for the user who is here: a code', async () => {
    assert.ok(parametersOf(await hinted(await idToken(server.url))).get('code'))
  })

  test('ours, expired: still says who', async () => {
    const token = await idToken(server.url)
    server.clock.advance(40_000_000)
    assert.ok(parametersOf(await hinted(token)).get('code'))
  })

  test('ours, for somebody else: login_required, and never a code for whoever is here', async (t) => {
    const bob = aUser({
      userId: 'auth0|bob',
      email: 'bob@example.com',
      identities: [{ connection: sample.connection, provider: 'auth0', subject: 'bob', isSocial: false }],
    })
    t.after(() => server.store.users.delete(bob.userId))
    await server.store.users.create(bob, await hashOf(sample.password))
    const browser = aBrowser(server.url)
    const page = await browser.follow(await browser.get(authorizeUrl()))
    const answer = await browser.follow(await browser.submit(page, { ...credentials, username: 'bob@example.com' }))
    const ofBob = String((await exchange(server.url, answer)).body.id_token)
    assert.equal(claimsOf(ofBob).sub, bob.userId)
    assert.equal(errorOf(await hinted(ofBob)), 'login_required')
    const { browser: ada } = await signIn(server.url)
    const asked = await ada.follow(await ada.get(authorizeUrl({ id_token_hint: ofBob })))
    assert.match(asked.body, /name="password"/)
  })

  test('tampered, nonsense, another server’s: refused', async () => {
    const [head = '', , signature = ''] = (await idToken(server.url)).split('.')
    const forged = Buffer.from(JSON.stringify({ sub: sample.userId, aud: sample.clientId })).toString('base64url')
    const other = await startServer()
    const foreign = await idToken(other.url)
    await other.stop()
    for (const hint of [`${head}.${forged}.${signature}`, 'nonsense', foreign])
      assert.equal(errorOf(await hinted(hint)), 'invalid_request', hint.slice(0, 30))
  })
})

describe('SEC-015 hints select nothing hidden and come back escaped', () => {
  const nasty = [
    '../../../etc/passwd',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '%2e%2e%2f',
    '{{7*7}}',
  ]
  for (const name of ['login_hint', 'screen_hint', 'ui_locales', 'organization', 'acr_values'])
    test(name, async () => {
      for (const value of nasty) {
        const browser = aBrowser(server.url)
        const answer = await browser.follow(await browser.get(authorizeUrl({ [name]: value })))
        assert.ok(answer.status < 500)
        assert.doesNotMatch(answer.body, /<script>alert|<img src=x|root:x:0/)
      }
    })

  test('a connection that is not for this app is as unknown as one that does not exist', async () => {
    await server.store.connections.save(aConnection({ id: 'con_hidden', name: 'hidden', enabledClients: [] }))
    const ask = async (connection: string) => {
      const parameters = parametersOf(await aBrowser(server.url).get(authorizeUrl({ connection })))
      return [parameters.get('error'), parameters.get('error_description')]
    }
    const answers = await Promise.all(['hidden', 'nobody', '../hidden', '<b>'].map(ask))
    for (const answer of answers) assert.deepEqual(answer, answers[0])
  })
})

test('SEC-020 whatever later pages send, the code keeps what was asked at the start', async () => {
  const browser = aBrowser(server.url)
  const asked = { nonce: 'first', state: 'first', scope: 'openid' }
  const page = await browser.follow(await browser.get(authorizeUrl(asked)))
  const others = {
    client_id: 'other',
    redirect_uri: 'https://evil.example/',
    code_challenge: 'A'.repeat(43),
    scope: 'openid profile email offline_access',
    nonce: 'second',
    audience: sample.audience,
    organization: 'evil',
  }
  const { action, hidden } = formOf(page.body)
  const separator = action.includes('?') ? '&' : '?'
  const form = { ...hidden, ...credentials, ...others, action: 'default' }
  let answer = await browser.post(`${action}${separator}${new URLSearchParams(others)}`, form)
  if (!answer.location) answer = await browser.submit(page, { ...credentials, ...others }) // refused whole: also right
  answer = await browser.follow(answer)
  assert.match(answer.location ?? '', /^https:\/\/app\.example\/callback\?/)
  assert.equal(parametersOf(answer).get('state'), 'first')
  const { body } = await exchange(server.url, answer) // with the first verifier
  assert.equal(body.scope, 'openid')
  assert.equal(claimsOf(body.id_token).nonce, 'first')
})

test('SEC-158 a session’s cookie is 256 random bits, and nothing like it opens the session', async () => {
  const { browser } = await signIn(server.url)
  const name = 'keywright' // without its prefix, over plain http
  const value = browser.cookies.get(name) ?? ''
  assert.match(value, /^[\w-]{43}$/)
  const again = (await signIn(server.url)).browser.cookies.get(name)
  assert.notEqual(again, value)
  const swapped = value.replace(/[a-zA-Z]/, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
  for (const guess of [
    value.slice(0, -1),
    `${value}A`,
    swapped,
    value.slice(0, 42) + (value.endsWith('A') ? 'B' : 'A'),
  ]) {
    browser.cookies.set(name, guess)
    assert.equal(errorOf(await browser.get(authorizeUrl({ prompt: 'none' }))), 'login_required', guess)
  }
  browser.cookies.set(name, value)
  assert.ok(parametersOf(await browser.get(authorizeUrl({ prompt: 'none' }))).get('code'))
})
