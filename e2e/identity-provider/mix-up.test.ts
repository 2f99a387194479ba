// One hostile provider in the tenant, and an honest one that does not say in its answers whose they are (RFC 9700 §4.4). The hostile
// one passes a visitor on to the honest one, dressed as the login that the attacker has begun there; whatever code reaches the
// hostile one after that, the attacker brings home.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Answer, formOf } from '../../packages/server/testing/browser.ts'
import {
  arrived,
  aVisitor,
  aWorld,
  corporate,
  failures,
  leave,
  signIn,
  tampered,
  visit,
  type World,
} from './round-trip.ts'

interface Hostile {
  issuer: string
  /** Where it sends whoever comes to sign in, but for the `state` they brought. */
  passOnTo: string
  /** Codes that it was given at its token endpoint. */
  stolen: string[]
}

async function startHostileProvider(t: TestContext, announces: Record<string, unknown>): Promise<Hostile> {
  const hostile: Hostile = { issuer: '', passOnTo: '', stolen: [] }
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', hostile.issuer)
    if (url.pathname === '/authorize') {
      const location = tampered(hostile.passOnTo, { state: url.searchParams.get('state') ?? undefined })
      return response.writeHead(302, { location }).end()
    }
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      const code = new URLSearchParams(body).get('code')
      if (code) hostile.stolen.push(code)
      const metadata = {
        issuer: hostile.issuer,
        authorization_endpoint: `${hostile.issuer}/authorize`,
        token_endpoint: `${hostile.issuer}/token`,
        jwks_uri: `${hostile.issuer}/keys`,
        ...announces,
      }
      response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  hostile.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return hostile
}

type Callback = 'own' | 'shared' | undefined

async function connect(world: World, name: string, issuer: string, callback: Callback): Promise<void> {
  const connection = corporate(issuer, { id: `con_${name}`, name })
  await world.server.store.connections.save({ ...connection, options: { ...connection.options, callback } })
}

/** The whole attack. @returns what the app was told in the victim's browser */
async function attack(world: World, evil: Hostile, callback: string, mode: 'query' | 'form_post'): Promise<Answer> {
  const attacker = aVisitor(world)
  const begun = await leave(attacker)
  const redirectUri = `${world.server.url}${callback}`
  evil.passOnTo = tampered(begun, { redirect_uri: redirectUri, response_mode: mode })

  const victim = aVisitor(world)
  world.provider.person.sub = 'victim'
  const toEvil = await leave(victim, { connection: 'evil' })
  assert.ok(toEvil.startsWith(evil.issuer), toEvil)
  const { location = '' } = await victim.theirs.get(toEvil)
  const back = mode === 'query' ? await visit(victim, location) : await postedAnswer(world, victim, location)
  assert.ok(back.startsWith(redirectUri), back)
  assert.match(back, /[?&]code=/, 'the honest provider has given a code')
  const answer = await victim.ours.follow(await victim.ours.get(back))

  for (const code of evil.stolen) {
    const home = new URL(redirectUri)
    home.search = `${new URLSearchParams({ code, state: new URL(begun).searchParams.get('state') ?? '' })}`
    const told = await attacker.ours.follow(await attacker.ours.get(home.href))
    assert.equal(told.location?.includes('code='), false, 'the attacker is signed in as the victim')
  }
  return answer
}

/** Through the honest provider's pages to the form that it has the browser post, and over our detour. */
async function postedAnswer(world: World, victim: ReturnType<typeof aVisitor>, location: string): Promise<string> {
  let page = await victim.theirs.get(location)
  while (page.location?.startsWith(world.provider.issuer)) page = await victim.theirs.get(page.location)
  const form = formOf(page.body)
  const detour = await aVisitor(world).ours.post(form.action, form.hidden)
  assert.equal(detour.status, 302)
  return detour.location ?? ''
}

const cases: [evil: Callback, announces: boolean, honest: Callback, callback: string][] = [
  ['own', false, 'own', '/login/callback/corporate'],
  ['own', false, 'own', '/login/callback'],
  ['own', true, undefined, '/login/callback'],
  [undefined, false, undefined, '/login/callback'],
  [undefined, true, undefined, '/login/callback'],
  [undefined, true, 'own', '/login/callback/corporate'],
  ['shared', true, 'own', '/login/callback'],
]
for (const [evilCallback, announces, honestCallback, callback] of cases)
  for (const mode of ['query', 'form_post'] as const)
    test(`SEC-227: a hostile provider (${evilCallback}, iss ${announces}) that passes a visitor on to an honest one (${honestCallback}) with ${callback} gets no code by ${mode}`, async (t) => {
      const world = await aWorld(t)
      const evil = await startHostileProvider(t, { authorization_response_iss_parameter_supported: announces })
      await connect(world, 'corporate', world.provider.issuer, honestCallback)
      await connect(world, 'evil', evil.issuer, evilCallback)
      const answer = await attack(world, evil, callback, mode)
      assert.deepEqual(evil.stolen, [])
      assert.equal(arrived(answer).get('error'), 'temporarily_unavailable')
      assert.match((await failures(world)).join('\n'), /evil: .*callback: (the answer came to|iss is nothing)/)
      assert.equal((await world.server.store.users.list({ limit: 10 })).length, 1, 'nobody new')
    })

test('SEC-227: what a hostile provider announces meanwhile does not help it: shared stays shared, and needs iss', async (t) => {
  const world = await aWorld(t)
  const announces = { authorization_response_iss_parameter_supported: true }
  const evil = await startHostileProvider(t, announces)
  await connect(world, 'evil', evil.issuer, 'shared')
  const victim = aVisitor(world)
  const toEvil = await leave(victim, { connection: 'evil' })
  announces.authorization_response_iss_parameter_supported = false
  world.server.clock.advance(600_001)
  const state = new URL(toEvil).searchParams.get('state')
  const answer = await victim.ours.get(`/login/callback?code=honest&state=${state}`)
  assert.equal(arrived(answer).get('error'), 'temporarily_unavailable')
  assert.deepEqual(evil.stolen, [])
  assert.match((await failures(world)).join(), /callback: iss is nothing/)
})

for (const callback of ['shared', undefined] as const)
  test(`the one callback (${callback}) goes on where the provider names itself`, async (t) => {
    const world = await aWorld(t, { namesIssuer: true })
    await connect(world, 'corporate', world.provider.issuer, callback)
    const left = await leave(aVisitor(world))
    assert.equal(new URL(left).searchParams.get('redirect_uri'), `${world.server.url}/login/callback`)
    assert.ok(arrived(await signIn(aVisitor(world))).has('code'))
  })

test('the one callback is refused where the provider does not name itself, and the log says why', async (t) => {
  const world = await aWorld(t)
  await connect(world, 'corporate', world.provider.issuer, 'shared')
  const parameters = new URL(await leave(aVisitor(world))).searchParams
  assert.equal(parameters.get('error'), 'temporarily_unavailable')
  assert.match((await failures(world)).join(), /callback: \\?"shared\\?" needs a provider that announces iss/)
})

for (const names of [true, false])
  test(`a connection with a callback of its own sends that, whether the provider names itself (${names})`, async (t) => {
    const world = await aWorld(t, { namesIssuer: names })
    const redirectUri = new URL(await leave(aVisitor(world))).searchParams.get('redirect_uri')
    assert.equal(redirectUri, `${world.server.url}/login/callback/corporate`)
    assert.ok(arrived(await signIn(aVisitor(world))).has('code'))
  })

test('a connection from before there was a choice gets a callback of its own where the shared one is not safe', async (t) => {
  const world = await aWorld(t)
  await connect(world, 'corporate', world.provider.issuer, undefined)
  const redirectUri = new URL(await leave(aVisitor(world))).searchParams.get('redirect_uri')
  assert.equal(redirectUri, `${world.server.url}/login/callback/corporate`)
  assert.ok(arrived(await signIn(aVisitor(world))).has('code'))
})

test('SEC-227: a connection that was made anew under the same name meanwhile is another one', async (t) => {
  const world = await aWorld(t)
  const visitor = aVisitor(world)
  const back = await visit(visitor, await leave(visitor))
  const { connections } = world.server.store
  const heard = world.provider.heard.length
  await connections.delete('con_corporate')
  await connections.save({ ...corporate(world.provider.issuer), id: 'con_successor' })
  assert.equal(arrived(await visitor.ours.get(back)).get('error'), 'temporarily_unavailable')
  assert.equal(world.provider.heard.length, heard)
})
