import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { defaultTenantSettings } from '#tenants/tenant.ts'
import { startServer, type TestServer } from '../../testing/start-server.ts'

let server: TestServer
before(async () => {
  server = await startServer()
})
after(() => {
  assert.deepEqual(server.errors, [])
  return server.stop()
})

const path = '/.well-known/openid-configuration'
const read = async (at = path) => (await (await fetch(server.url + at)).json()) as Record<string, unknown>

test('the issuer ends with a slash, and every address is below it', async () => {
  const document = await read()
  assert.equal(document.issuer, `${server.url}/`)
  const addresses = Object.entries(document).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
  assert.equal(addresses.length, 6)
  for (const [name, value] of addresses) assert.ok(String(value).startsWith(`${server.url}/`), name)
})

test('every address that it names answers', async () => {
  const document = await read()
  for (const [name, value] of Object.entries(document))
    if (/_endpoint$|^jwks_uri$/.test(name)) {
      const method = /token|revocation/.test(name) ? 'POST' : 'GET'
      const { status } = await fetch(String(value), { method, redirect: 'manual' })
      assert.ok(![404, 405].includes(status) && status < 500, `${name} answered ${status}`)
    }
})

test('SEC-066 PKCE methods are exactly S256', async () => {
  assert.deepEqual((await read()).code_challenge_methods_supported, ['S256'])
})

test('SEC-072 announces iss in the authorization response (RFC 9207)', async () => {
  assert.equal((await read()).authorization_response_iss_parameter_supported, true)
})

test('promises only what is there', async () => {
  const document = await read()
  assert.deepEqual(document.response_types_supported, ['code'])
  assert.deepEqual(document.grant_types_supported, ['authorization_code', 'refresh_token', 'client_credentials'])
  assert.deepEqual(document.token_endpoint_auth_methods_supported, [
    'client_secret_basic',
    'client_secret_post',
    'none',
  ])
  assert.deepEqual(document.id_token_signing_alg_values_supported, ['RS256', 'PS256', 'ES256'])
  for (const name of ['request_parameter_supported', 'request_uri_parameter_supported', 'claims_parameter_supported'])
    assert.equal(document[name], false, name)
  for (const name of [
    'registration_endpoint',
    'device_authorization_endpoint',
    'pushed_authorization_request_endpoint',
  ])
    assert.equal(document[name], undefined, name)
})

test('RFC 8414’s name for it shows the same, and both may be cached and read by any page', async () => {
  assert.deepEqual(await read('/.well-known/oauth-authorization-server'), await read())
  const { headers } = await fetch(server.url + path)
  assert.equal(headers.get('cache-control'), 'public, max-age=15, stale-while-revalidate=15, stale-if-error=86400')
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('access-control-allow-origin'), '*')
})

test('a tenant may hide its logout endpoint, and the change is seen at once', async (t) => {
  t.after(() => server.store.settings.update(defaultTenantSettings))
  assert.equal((await read()).end_session_endpoint, `${server.url}/oidc/logout`)
  const oidcLogout = { rpLogoutEndSessionEndpointDiscovery: false }
  await server.store.settings.update({ ...defaultTenantSettings, oidcLogout })
  assert.equal((await read()).end_session_endpoint, undefined)
})

test('SEC-322 no header of the caller’s changes what is said', async () => {
  const plain = await (await fetch(server.url + path)).text()
  for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-original-url', 'x-host', 'origin']) {
    const headers = { [name]: name === 'forwarded' ? 'host=evil.example;proto=https' : 'evil.example' }
    assert.equal(await (await fetch(server.url + path, { headers })).text(), plain, name)
  }
})
