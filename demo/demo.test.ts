// Against a small server that can misbehave; real-server.test.ts has the real one.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { AuthorizationServer } from '../packages/client/testing/authorization-server.ts'
import { runDemo } from './testing/run-demo.ts'
import { addSignInPages } from './testing/sign-in-pages.ts'

const server = await AuthorizationServer.start()
addSignInPages(server)
after(() => server.stop())
beforeEach(() => {
  for (const name of Object.keys(server.misbehave)) Reflect.deleteProperty(server.misbehave, name)
})

const demo = (...args: string[]) => runDemo({ KEYWRIGHT_URL: server.origin }, ...args)

test('signs in, calls, refreshes and signs out, and shows every request', async () => {
  server.requests.length = 0
  const { code, out, err } = await demo('--headless')
  assert.equal(err, '')
  assert.equal(code, 0)
  const story = [
    'Is there a server?',
    'Listening at http://127.0.0.1:',
    '→ GET /authorize',
    'presses default',
    '→ POST /u/login',
    'presses accept',
    'The browser came back:',
    `→ POST ${server.origin}/oauth/token`,
    'authorization_code',
    '/.well-known/jwks.json',
    'The ID token is genuine. Signed in: Ada Lovelace',
    '← 401 Bearer realm="appointments"',
    'Charles Babbage',
    '/userinfo',
    'refresh_token',
    'The refresh token was replaced',
    '/oauth/revoke',
    'The refresh token must be dead now:',
    'invalid_grant',
    'login_required',
    'It does:',
    'Done',
  ]
  let position = 0
  for (const chapter of story) {
    const found = out.indexOf(chapter, position)
    assert.ok(found >= 0, `"${chapter}" does not follow in\n${out.slice(position)}`)
    position = found + chapter.length
  }
})

test("opens the user's own browser and waits for it", async (t) => {
  const approving = await AuthorizationServer.start()
  const directory = await mkdtemp(join(tmpdir(), 'keywright-demo-'))
  t.after(async () => {
    await rm(directory, { recursive: true })
    await approving.stop()
  })
  for (const opener of ['xdg-open', 'open']) {
    const program = `#!${process.execPath}\nfetch(process.argv.at(-1))\n`
    await writeFile(join(directory, opener), program, { mode: 0o755 })
  }
  const { code, out, err } = await runDemo({ PATH: directory }, '--url', approving.origin)
  assert.deepEqual([code, err], [0, ''])
  assert.match(out, /Opened in your browser/)
  assert.match(out, /Done/)
})

test('prints no secret in full', async () => {
  const secrets: string[] = []
  server.misbehave.token = (body) => {
    secrets.push(String(body.access_token), String(body.id_token), String(body.refresh_token))
    return body
  }
  server.requests.length = 0
  const { out, code } = await demo('--headless')
  assert.equal(code, 0)
  for (const { form } of server.requests) {
    for (const name of ['code', 'code_verifier', 'token', 'refresh_token']) if (form[name]) secrets.push(form[name])
  }
  assert.ok(secrets.length > 8)
  for (const secret of [...secrets, 'correct horse battery staple']) assert.ok(!out.includes(secret), secret)
})

test('works for a user alone, without an API and without a refresh token', async () => {
  const { code, out, err } = await demo('--headless', '--audience', '', '--scope', 'openid profile')
  assert.equal(code, 0, err)
  assert.match(out, /no refresh token/)
  assert.doesNotMatch(out, /appointments/)
})

test('a wrong password ends with what the page says', async () => {
  const { code, err } = await demo('--headless', '--password', 'wrong')
  assert.equal(code, 1)
  assert.match(err, /does not accept the user name and password: Wrong e-mail or password\n$/)
})

test('a server that is not running ends with what to do', async () => {
  const gone = await AuthorizationServer.start()
  const { origin } = gone
  await gone.stop()
  const { code, err } = await demo('--headless', '--url', origin)
  assert.equal(code, 1)
  assert.match(err, /No server answers at http:\/\/127\.0\.0\.1:\d+\. Start one with `npm start`/)
})

test('a server under another name ends with both names', async () => {
  const { code, err } = await demo('--headless', '--url', server.origin.replace('127.0.0.1', 'localhost'))
  assert.equal(code, 1)
  assert.match(err, /should name the issuer "http:\/\/localhost:\d+\/", but it says "http:\/\/127\.0\.0\.1:\d+\/"/)
})

test('an error page of the server ends with its title', async () => {
  server.misbehave.request = (request, response) => {
    if (!request.url?.startsWith('/authorize')) return false
    response.writeHead(403).end('<title>Callback URL mismatch</title>')
    return true
  }
  const { code, err } = await demo('--headless')
  assert.equal(code, 1)
  assert.match(err, /shows “Callback URL mismatch” \(HTTP 403\)/)
})

test('a server that refuses the login, and one that goes in circles, end with a sentence', async () => {
  server.misbehave.callback = ({ state = '', iss = '' }) => ({
    error: 'access_denied',
    error_description: 'No',
    state,
    iss,
  })
  const denied = await demo('--headless')
  assert.deepEqual([denied.code, denied.err], [1, '\nThe server refused the login: access_denied – No\n'])
  server.misbehave.request = (request, response) => {
    if (!request.url?.startsWith('/authorize')) return false
    response.writeHead(302, { location: '/authorize?again' }).end()
    return true
  }
  const circling = await demo('--headless')
  assert.equal(circling.code, 1)
  assert.match(circling.err, /in circles/)
})

test('wrong options end with a sentence; --help ends well', async () => {
  for (const args of [['--nope'], ['--url', 'ftp://x'], ['--url', 'http://auth.example.com'], ['extra']]) {
    const { code, err } = await demo(...args)
    assert.equal(code, 1)
    assert.doesNotMatch(err, /at .*\.ts:\d+/, 'a sentence, not a stack')
  }
  const { code, out } = await demo('--help')
  assert.equal(code, 0)
  for (const option of ['--url', '--client-id', '--audience', '--scope', '--headless', '--username', '--password']) {
    assert.ok(out.includes(option))
  }
  assert.match(out, /NODE_EXTRA_CA_CERTS/)
})
