import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import { anApi, sample } from '../../../testing/builders.ts'
import { postToken } from '../../../testing/login.ts'
import { startServer, type TestServer } from '../../../testing/start-server.ts'
import { addClient, addMachineRights, claimsOf, headerOf, logOf, userinfo, web } from '../../../testing/tokens.ts'

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

const ask = (over: Record<string, string> = {}) =>
  postToken(server.url, {
    grant_type: 'client_credentials',
    client_id: web.clientId,
    client_secret: web.secret,
    audience: sample.audience,
    ...over,
  })

test('a machine gets a token for the API, with what its grant and the API both name', async () => {
  const { status, body } = await ask()
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type'])
  assert.equal(body.scope, 'appointments contacts')
  assert.equal(body.expires_in, 86_400)
})

test('a machine without any scope is told of none (RFC 6749 §3.3)', async () => {
  await addClient(server, { clientId: 'bare' })
  await server.store.clientGrants.save({ id: 'cgr_bare', clientId: 'bare', audience: sample.audience, scope: [] })
  const { body } = await ask({ client_id: 'bare' })
  assert.ok(!('scope' in body))
  assert.ok(!('scope' in claimsOf(String(body.access_token))))
})

test('an API may call a scope openid: a machine’s token opens /userinfo no more than before', async () => {
  await server.store.resourceServers.save(
    anApi({ id: 'api_openid', identifier: 'openid:api', scopes: [{ value: 'openid' }] }),
  )
  await server.store.clientGrants.save({
    id: 'cgr_openid',
    clientId: web.clientId,
    audience: 'openid:api',
    scope: ['openid'],
  })
  const { body } = await ask({ audience: 'openid:api' })
  assert.equal(body.scope, 'openid')
  assert.equal(claimsOf(String(body.access_token)).aud, 'openid:api')
  assert.ok(!('id_token' in body))
  assert.equal((await userinfo(server.url, String(body.access_token))).status, 401)
})

test('resource names the API as well, may be repeated, and forgives a slash at its end (RFC 8707 §2)', async () => {
  const sent = (...resources: string[]) => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: web.clientId,
      client_secret: web.secret,
    })
    for (const resource of resources) form.append('resource', resource)
    return fetch(`${server.url}/oauth/token`, { method: 'POST', body: form })
  }
  for (const resources of [[sample.audience], [`${sample.audience}/`], ['nowhere', sample.audience]])
    assert.equal((await sent(...resources)).status, 200)
  const unknown = await sent('nowhere', 'nowhere else')
  assert.deepEqual([unknown.status, ((await unknown.json()) as { error: string }).error], [400, 'invalid_target'])
})

test('an organization is refused, not ignored; a client for members only may still be a machine', async () => {
  const { status, body } = await ask({ organization: 'org_1' })
  assert.deepEqual([status, body.error], [400, 'invalid_request'])
  assert.equal(body.error_description, 'parameter organization is not allowed for this client')
  await addClient(server, { clientId: 'members', organizationUsage: 'require' })
  await server.store.clientGrants.save({ id: 'cgr_m', clientId: 'members', audience: sample.audience, scope: [] })
  const machine = await ask({ client_id: 'members' })
  assert.equal(machine.status, 200)
  assert.equal('scope' in machine.body, false, 'no scope at all is no empty one')
  const form = { grant_type: 'refresh_token', client_id: 'members', client_secret: web.secret, refresh_token: 'x' }
  assert.match(
    String((await postToken(server.url, form)).body.error_description),
    /^parameter organization is required/,
  )
})

test('SEC-088 no refresh token, no ID token, no user, however it is asked for', async () => {
  const { body } = await ask({ scope: 'openid profile email offline_access appointments' })
  assert.equal(body.refresh_token, undefined)
  assert.equal(body.id_token, undefined)
  assert.equal(body.scope, 'appointments')
  const claims = claimsOf(String(body.access_token))
  assert.equal(claims.sub, `${web.clientId}@clients`)
  for (const name of ['name', 'email', 'sid', 'nonce', 'auth_time']) assert.equal(claims[name], undefined, name)
  assert.equal((await userinfo(server.url, String(body.access_token))).status, 401)
})

test('SEC-101 the token says issuer, subject, audience, times, client, scope and id', async () => {
  const { body } = await ask()
  const { iat, exp, jti, ...claims } = claimsOf(String(body.access_token))
  assert.deepEqual(claims, {
    iss: `${server.url}/`,
    sub: `${web.clientId}@clients`,
    aud: sample.audience,
    azp: web.clientId,
    gty: 'client-credentials',
    scope: 'appointments contacts',
  })
  assert.equal(Number(exp) - Number(iat), 86_400)
  assert.ok(typeof jti === 'string' && jti.length >= 22)
})

test('SEC-101 the dialect of RFC 9068, where the API chose it', async () => {
  await server.store.resourceServers.save(anApi({ tokenDialect: 'rfc9068_profile' }))
  const { body } = await ask()
  await server.store.resourceServers.save(anApi())
  const token = String(body.access_token)
  assert.equal(headerOf(token).typ, 'at+jwt')
  const claims = claimsOf(token)
  assert.equal(claims.client_id, web.clientId)
  assert.equal(claims.azp, undefined)
  assert.equal(claims.gty, undefined)
})

describe('SEC-088 SEC-092 what is refused', () => {
  const cases: Record<string, { over: Record<string, string>; status: number; error: string; says: RegExp }> = {
    'an API without a client grant': {
      over: { audience: 'other:api' },
      status: 403,
      error: 'access_denied',
      says: /^Client is not authorized to access "other:api"\. You need to create a "client-grant"/,
    },
    'an unknown API': {
      over: { audience: 'appointments' },
      status: 403,
      error: 'access_denied',
      says: /^Service not enabled within domain/,
    },
    'no audience and no default': {
      over: { audience: '' },
      status: 403,
      error: 'access_denied',
      says: /^No audience parameter was provided, and no default audience has been configured$/,
    },
    'an endless audience': {
      over: { audience: 'a'.repeat(5000) },
      status: 400,
      error: 'invalid_request',
      says: /audience is too long/,
    },
  }
  for (const [what, { over, status, error, says }] of Object.entries(cases))
    test(what, async () => {
      const { status: answered, body } = await ask(over)
      assert.deepEqual({ answered, error: body.error }, { answered: status, error })
      assert.match(String(body.error_description), says)
    })

  test('an API that serves no machines', async (t) => {
    const subjectTypeAuthorization = { user: { policy: 'allow_all' }, client: { policy: 'deny_all' } } as const
    t.after(() => server.store.resourceServers.save(anApi()))
    await server.store.resourceServers.save(anApi({ subjectTypeAuthorization }))
    assert.equal((await ask()).body.error, 'access_denied')
  })
})

test('SEC-091 a grant, an API and a client that are gone give nothing more', async () => {
  await addClient(server, { clientId: 'machine' }, 'secret of the machine')
  await server.store.resourceServers.save(anApi({ id: 'api_x', identifier: 'x:api' }))
  const grant = { id: 'cgr_x', clientId: 'machine', audience: 'x:api', scope: [] }
  const credentials = { client_id: 'machine', client_secret: 'secret of the machine', audience: 'x:api' }
  await server.store.clientGrants.save(grant)
  assert.equal((await ask(credentials)).status, 200)
  await server.store.clientGrants.delete('cgr_x')
  assert.equal((await ask(credentials)).status, 403)
  await server.store.clientGrants.save(grant)
  await server.store.resourceServers.delete('api_x')
  assert.equal((await ask(credentials)).status, 403)
  await server.store.clients.delete('machine')
  assert.equal((await ask(credentials)).status, 401)
})

test('SEC-078 a public client cannot be a machine, whatever its list of grants says', async () => {
  const grantTypes = ['client_credentials']
  await addClient(server, { clientId: 'public', tokenEndpointAuthMethod: 'none', grantTypes })
  await server.store.clientGrants.save({ id: 'cgr_p', clientId: 'public', audience: sample.audience, scope: [] })
  const { status, body } = await ask({ client_id: 'public', client_secret: 'anything' })
  assert.deepEqual({ status, error: body.error }, { status: 403, error: 'unauthorized_client' })
})

test('`resource` is another word for audience (RFC 8707), and the tenant may have a default', async (t) => {
  assert.equal((await ask({ audience: '', resource: sample.audience })).status, 200)
  t.after(() => server.store.settings.update(defaultTenantSettings))
  await server.store.settings.update({ ...defaultTenantSettings, defaultAudience: sample.audience })
  assert.equal((await ask({ audience: '' })).status, 200)
})

test('logged as seccft and feccft', async () => {
  await ask()
  await ask({ audience: 'unknown' })
  const [success] = await logOf(server, 'seccft')
  assert.equal(success?.clientId, web.clientId)
  assert.equal(success?.audience, sample.audience)
  const [failure] = await logOf(server, 'feccft')
  assert.equal(failure?.clientId, web.clientId)
  assert.equal(failure?.description, 'Service not enabled within domain')
})
