// Somebody without an account asks everywhere whether others have one.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { aBrowser } from '../testing/browser.ts'
import { aConnection, aUser, sample } from '../testing/builders.ts'
import { authorizeUrl } from '../testing/login.ts'
import { startServer, type TestServer } from '../testing/start-server.ts'
import { routes } from './routes.ts'

const staff = { connection: 'staff-directory', email: 'eve@staff.example', userId: 'auth0|00000000000000000000000eve' }
/** What only those who signed in may learn. */
const canaries = [sample.userId, 'Ada Lovelace', staff.connection, staff.userId, 'Eve of the staff']

let server: TestServer
before(async () => {
  server = await startServer()
  await server.store.connections.save(aConnection({ id: 'con_staff', name: staff.connection, enabledClients: [] }))
  const identities = [{ connection: staff.connection, provider: 'auth0', subject: 'eve', isSocial: false }]
  await server.store.users.create(aUser({ ...staff, name: 'Eve of the staff', identities }), '')
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

/** Wherever a name might be looked up. */
const names = 'login_hint logout_hint username email user_id sub user id name acr_values id_token_hint subject resource'

function questions(who: string): { method: string; path: string; form?: Record<string, string> }[] {
  const app = { client_id: sample.clientId, redirect_uri: 'https://app.example/callback', response_type: 'code' }
  const pkce = { code_challenge: sample.challenge, code_challenge_method: 'S256', scope: 'openid' }
  const grants = ['password', 'refresh_token', 'authorization_code', 'client_credentials']
  const parameters: Record<string, string>[] = [
    ...names.split(' ').map((name) => ({ ...app, ...pkce, [name]: who })),
    ...grants.map((grant) => ({
      ...app,
      grant_type: grant,
      username: who,
      password: 'x',
      code: who,
      refresh_token: who,
    })),
    { token: who, client_id: sample.clientId },
    { client_id: who },
  ]
  return routes.flatMap(({ methods, path }) => {
    const address = path.replaceAll(/:\w+/g, encodeURIComponent(who))
    return methods.flatMap((method) =>
      parameters.map((form) =>
        method === 'GET'
          ? { method, path: `${address}?${new URLSearchParams(form)}` }
          : { method, path: address, form },
      ),
    )
  })
}

/** All that can be seen, but for what was sent and what is made up anew each time. */
async function answers(who: string): Promise<string[]> {
  const seen: string[] = []
  for (const { method, path, form } of questions(who)) {
    const body = form && new URLSearchParams(form)
    const response = await fetch(server.url + path, { method, body, redirect: 'manual' })
    const headers = [...response.headers].filter(([name]) => !/^(date|x-ratelimit-.*)$/.test(name)).join('\n')
    const text = neutral(`${headers}\n${await response.text()}`, who)
    assert.ok(response.status < 500, path)
    for (const canary of canaries) assert.ok(!text.includes(canary), `${method} ${path} tells ${canary}`)
    seen.push(`${method} ${neutral(path, who)} ${response.status} ${text}`)
  }
  return seen
}

function neutral(text: string, who: string): string {
  const spellings = [who, encodeURIComponent(who), new URLSearchParams({ who }).toString().slice(4), escaped(who)]
  return spellings
    .reduce((rest, spelling) => rest.replaceAll(spelling, 'WHO'), text)
    .replaceAll(/(?<![\w-])(?:[\w-]{43}|[0-9a-z]{25})(?![\w-])|content-length,\d+/g, '…')
}
const escaped = (text: string) => text.replaceAll('@', '&#64;').replaceAll('|', '&#124;')

for (const [what, known, unknown] of [
  ['the address of a user', sample.email, 'axa@example.com'],
  ['the address of a user in a directory that the app does not use', staff.email, 'axe@staff.example'],
  ['the id of a user', sample.userId, 'auth0|000000000000000000000axa'],
] as const)
  test(`SEC-192 nothing that anybody can ask tells ${what} from one that nobody has`, async () => {
    const [yes, no] = [await answers(known), await answers(unknown)]
    assert.ok(yes.length > 300)
    for (const [index, answer] of yes.entries()) assert.equal(answer, no[index])
  })

test('SEC-192 the sign-in page is the same for every address that it is opened with', async () => {
  const page = async (hint: string) => {
    const browser = aBrowser(server.url)
    return neutral((await browser.follow(await browser.get(authorizeUrl({ login_hint: hint })))).body, hint)
  }
  const known = await page(sample.email)
  assert.match(known, /value="WHO"/)
  assert.equal(known, await page('axa@example.com'))
  assert.equal(known, await page(staff.email))
})
