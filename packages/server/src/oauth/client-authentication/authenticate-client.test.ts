import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { digest } from '#crypto/digest.ts'
import { sample } from '../../../testing/builders.ts'
import { exchange, postToken, signIn } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { addClient, addMachineRights, logOf, offline, post, tokensOf, web } from '../../../testing/tokens.ts'

let server: TestServer
before(async () => {
  server = await startServer()
  await addClient(server)
  await addMachineRights(server)
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const basic = (clientId: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${formEncode(clientId)}:${formEncode(secret)}`).toString('base64')}`,
})
/** As openid-client does: everything but letters and digits (RFC 6749 Appendix B). */
const formEncode = (text: string) =>
  encodeURIComponent(text)
    .replace(/[-_.!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

const ask = (over: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  postToken(server.url, { grant_type: 'client_credentials', audience: sample.audience, ...over }, headers)

async function unauthorized(answer: ReturnType<typeof ask>) {
  const { status, headers, body } = await answer
  assert.deepEqual(
    { status, body },
    { status: 401, body: { error: 'invalid_client', error_description: 'Unauthorized' } },
  )
  assert.equal(headers.get('www-authenticate'), 'Basic realm="keywright"')
}

test('a confidential client may say its secret in the body or in the header, whatever is registered (Auth0)', async () => {
  for (const tokenEndpointAuthMethod of ['client_secret_post', 'client_secret_basic'] as const) {
    await addClient(server, { tokenEndpointAuthMethod })
    assert.equal((await ask({ client_id: web.clientId, client_secret: web.secret })).status, 200)
    assert.equal((await ask({}, basic(web.clientId, web.secret))).status, 200)
    assert.equal((await ask({ client_id: web.clientId }, basic(web.clientId, web.secret))).status, 200)
  }
})

describe('SEC-077 without the right secret: 401 invalid_client, the same words for each reason', () => {
  const cases: Record<string, [Record<string, string>, Record<string, string>?]> = {
    'no secret': [{ client_id: web.clientId }],
    'an empty secret': [{ client_id: web.clientId, client_secret: '' }],
    'a wrong secret': [{ client_id: web.clientId, client_secret: 'wrong' }],
    'the secret with a space more': [{ client_id: web.clientId, client_secret: `${web.secret} ` }],
    'the digest of the secret': [{ client_id: web.clientId, client_secret: digest(web.secret) }],
    'an unknown client': [{ client_id: 'nobody', client_secret: web.secret }],
    'a wrong secret in the header': [{}, basic(web.clientId, 'wrong')],
    'an empty secret in the header': [{}, basic(web.clientId, '')],
    'a header that is not Basic': [{ client_id: web.clientId }, { authorization: `Bearer ${web.secret}` }],
    'a header without a colon': [{}, { authorization: `Basic ${Buffer.from('web').toString('base64')}` }],
    'a header that is not base64': [{}, { authorization: 'Basic !!!' }],
  }
  for (const [what, [form, headers]] of Object.entries(cases)) test(what, () => unauthorized(ask(form, headers)))

  test('and the code that came with it can still be redeemed', async () => {
    const answer = await signIn(server.url, { client_id: web.clientId })
    const wrong = await exchange(server.url, answer, { client_id: web.clientId, client_secret: 'wrong' })
    assert.equal(wrong.status, 401)
    const { status } = await exchange(server.url, answer, { client_id: web.clientId, client_secret: web.secret })
    assert.equal(status, 200)
  })

  test('and the refresh token, too', async () => {
    const answer = await signIn(server.url, { ...offline, client_id: web.clientId })
    const secret = { client_id: web.clientId, client_secret: web.secret }
    const { body } = await exchange(server.url, answer, secret)
    const form = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) }
    await unauthorized(postToken(server.url, { ...form, client_id: web.clientId, client_secret: 'wrong' }))
    assert.equal((await postToken(server.url, { ...form, ...secret })).status, 200)
  })
})

describe('SEC-079 two ways at once are refused', () => {
  const both: Record<string, Record<string, string>> = {
    'the same secret twice': { client_id: web.clientId, client_secret: web.secret },
    'only the secret in the body': { client_secret: web.secret },
    'another client in the body': { client_id: sample.clientId },
  }
  for (const [what, form] of Object.entries(both))
    test(what, async () => {
      const { status, body } = await ask(form, basic(web.clientId, web.secret))
      assert.deepEqual({ status, error: body.error }, { status: 400, error: 'invalid_request' })
    })
})

describe('SEC-080 Basic credentials are form-decoded once and split at the first colon', () => {
  for (const secret of ['a:b', ':', 'a%b', 'a%2Bb', 'a+b', 'a b', 'pässwörd \u{1F511}', 'a-_.!~*()b', '%', '&=?'])
    test(JSON.stringify(secret), async () => {
      await addClient(server, { clientId: 'odd' }, secret)
      await server.store.clientGrants.save({ id: 'cgr_odd', clientId: 'odd', audience: sample.audience, scope: [] })
      assert.equal((await ask({}, basic('odd', secret))).status, 200)
      assert.equal((await ask({ client_id: 'odd', client_secret: secret })).status, 200)
      await unauthorized(ask({}, basic('odd', `${secret}x`)))
    })
})

test('SEC-081 a new secret replaces the old one at once, and two are good while both are listed', async () => {
  const one = { client_id: 'rotating', client_secret: 'the first secret' }
  const two = { client_id: 'rotating', client_secret: 'the second secret' }
  const client = await addClient(server, { clientId: 'rotating' }, one.client_secret)
  await server.store.clientGrants.save({ id: 'cgr_r', clientId: 'rotating', audience: sample.audience, scope: [] })
  assert.equal((await ask(one)).status, 200)
  await server.store.clients.save(client, two.client_secret)
  await unauthorized(ask(one))
  assert.equal((await ask(two)).status, 200)
  await server.store.clients.save({
    ...client,
    secretDigests: [digest('the first secret'), digest('the second secret')],
  })
  assert.equal((await ask(one)).status, 200)
  assert.equal((await ask(two)).status, 200)
})

test('a secret that a public client sends is ignored (Auth0)', async () => {
  const answer = await signIn(server.url)
  assert.equal((await exchange(server.url, answer, { client_secret: 'placeholder' })).status, 200)
})

test('wrong secrets are counted for client and address, and after 30 the right one waits, too', async () => {
  await addClient(server, { clientId: 'guessed' }, 'right')
  await server.store.clientGrants.save({ id: 'cgr_g', clientId: 'guessed', audience: sample.audience, scope: [] })
  const guess = (client_secret: string, path = '/oauth/token') =>
    post(`${server.url}${path}`, {
      grant_type: 'client_credentials',
      audience: sample.audience,
      client_id: 'guessed',
      client_secret,
      token: 'x',
    })
  const guesses = await Promise.all(Array.from({ length: 40 }, (_, i) => guess(`wrong ${i}`)))
  assert.equal(guesses.filter(({ status }) => status === 401).length, 30)
  assert.equal(guesses.filter(({ status }) => status === 429).length, 10)
  const waiting = await guess('right')
  assert.equal(waiting.status, 429)
  assert.equal(waiting.headers.get('retry-after'), '6')
  assert.equal((await guess('right', '/oauth/revoke')).status, 429, 'every door shares the count')
  assert.equal((await ask({ client_id: web.clientId, client_secret: web.secret })).status, 200, 'others do not wait')
  server.clock.advance(6000)
  assert.equal((await guess('right')).status, 200)
})

test('SEC-093 what went wrong is in the tenant’s log, without the secret', async () => {
  await unauthorized(ask({ client_id: web.clientId, client_secret: 'not a real secret' }))
  const [event] = await logOf(server, 'feccft')
  assert.equal(event?.description, 'Unauthorized')
  assert.match(JSON.stringify(event?.details), /wrong secret/)
  assert.doesNotMatch(JSON.stringify(await logOf(server)), /not a real secret/)
})

test('the tokens of a confidential client are refreshed with its secret only', async () => {
  const { refresh_token } = await tokensOf(server, offline)
  assert.ok(refresh_token)
  await unauthorized(postToken(server.url, { grant_type: 'refresh_token', client_id: web.clientId, refresh_token }))
})
